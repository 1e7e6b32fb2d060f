/**
 * A study's settings beside the images they are for: what the preset asks for is
 * brought down to what is there, and the axes of arrays are recognised. What the
 * user named himself stays, and is refused where the images do not bear it.
 */
import type { ImagesThere } from "../app/platform.js";
import { imageReadings, type Layout } from "../formats/arrays.js";
import { nodePlatform } from "../node/platform.js";
import { whole } from "../report/numbers.js";
import { fewer } from "../study/few-images.js";
import { type Layer, valueOfText } from "../study/precedence.js";
import type { StudySettings } from "../study/settings.js";
import { type Draft, draftOf, givenOf, givenPaths, planOf, type StudyOptions, type StudyPlan } from "./settings.js";

/** What must be known of images before they are opened, as far as the user's own words are sound. */
type Wanted = Pick<StudySettings, "data" | "size" | "layout" | "patch">;

/** Settings as the user wrote them, and what for. */
type Asked = {
  readonly file: string | undefined;
  readonly options: StudyOptions;
  readonly environment: NodeJS.ProcessEnv;
  /** A single training measures nothing: test images are not asked for. */
  readonly trainingOnly?: boolean;
};

/** Everything resolved, and fitted to the images there are. @throws CrispError `usage` or `data` in the user's own words */
export async function studyPlan({ file, options, environment, trainingOnly = false }: Asked): Promise<StudyPlan> {
  const draft = await draftOf(file, options, environment);
  const given = givenOf(draft, await fitting(draft));
  const layers = given ? [...draft.layers, given.layer] : draft.layers;
  const wanted = wantedOf(layers);
  const layout = givenPaths(draft.places).has("layout") ? wanted.layout : undefined;
  const found = await nodePlatform.images.there({ ...wanted, from: draft.from, layout });
  const there = trainingOnly ? { ...found, test: Number.POSITIVE_INFINITY } : found;
  const before = countsOf(layers);
  const values = new Map<string, unknown>(fewer(before, there, givenPaths(draft.places)));
  const notes = countNotes(values, before, { draft, there: found, trainingOnly });
  if (layout === undefined && there.layout !== wanted.layout) {
    values.set("layout", there.layout);
    notes.push(layoutNote(draft.from!, there.layout, "--layout"));
  }
  if (given?.dictionaries.recognised)
    notes.push(layoutNote(given.dictionaries.recognised.file, "nchw", "--atoms-layout"));
  return planOf(draft, { given, images: { values, origin: () => `preset ${draft.preset}` }, notes });
}

function layoutNote(file: string, layout: Layout, flag: string): string {
  return `${file} is read as ${layout}${layout === "nchw" ? ", channels first" : ""}: only so it fits. Name its axes with ${flag} to choose otherwise.`;
}

/** Whether atoms of a shape could code the images: their channels must be the images'. */
async function fitting(draft: Draft): Promise<(shape: readonly number[]) => boolean> {
  const { data, layout } = wantedOf(draft.layers);
  const array = data === "arrays" && draft.from !== undefined ? await nodePlatform.images.shape(draft.from) : null;
  if (array === null) return ([, , , channels]) => channels === 1 || channels === 3;
  const readings = imageReadings(array, givenPaths(draft.places).has("layout") ? layout : undefined);
  return ([, rows, columns, channels]) =>
    readings.some(({ size }) => size[3] === channels && size[1] >= rows && size[2] >= columns);
}

/** Values of the layers that are sound; where one is not, the preset's own, and resolving the settings tells. */
function wantedOf(layers: readonly Layer[]): Wanted {
  const of = (path: string, sound: (value: unknown) => boolean) => {
    const found = layers.filter(({ values }) => values.has(path)).map(({ values }) => values.get(path));
    const read = found.map((value) => (typeof value === "string" ? valueOfText(path, value) : value));
    return read.findLast(sound);
  };
  const isExtent = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);
  return {
    data: of("data", (value) => ["leaves", "cifar10", "folder", "arrays"].includes(String(value))),
    size: of("size", (value) => Number.isInteger(value) && (value as number) >= 1),
    layout: of("layout", (value) => value === "nhwc" || value === "nchw"),
    patch: of("patch", isExtent),
  } as Wanted;
}

/** The counts that images bound, as the layers have them. */
function countsOf(layers: readonly Layer[]) {
  const of = (path: string) => {
    const values = layers.map((layer) => Number(layer.values.get(path) ?? Number.NaN));
    return values.findLast(Number.isInteger)!; // the preset has every one
  };
  return {
    trainingImages: of("trainingImages"),
    testImages: of("testImages"),
    learning: { heldOut: of("learning.heldOut"), minibatch: of("learning.minibatch") },
    sweep: { pilotImages: of("sweep.pilotImages") },
  };
}

/** One sentence on the counts that were brought down; none where none was. */
function countNotes(
  changed: ReadonlyMap<string, unknown>,
  before: ReturnType<typeof countsOf>,
  { draft, there, trainingOnly }: { draft: Draft; there: ImagesThere; trainingOnly: boolean },
): string[] {
  if (changed.size === 0) return [];
  const { trainingImages, testImages, learning, sweep } = before;
  const usual = new Map<string, number>([
    ["trainingImages", trainingImages],
    ["testImages", testImages],
    ...Object.entries(learning).map(([name, value]) => [`learning.${name}`, value] as const),
    ["sweep.pilotImages", sweep.pilotImages],
  ]);
  const list = [...changed].map(
    ([path, value]) => `${path} ${whole(value as number)} (not ${whole(usual.get(path)!)})`,
  );
  const tests = trainingOnly ? "" : ` and ${whole(there.test)} test`;
  const holds = `${draft.from} holds ${whole(there.training)} training${tests} images of ${there.height}×${there.width}`;
  return [`${holds}; preset ${draft.preset} is fitted to them: ${list.join(", ")}.`];
}
