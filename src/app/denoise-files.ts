/**
 * Which files `crisp denoise` reads and writes, settled before anything is
 * computed: pictures and their PNGs, or folders and folders of PNGs with the
 * same names. No input is ever written over, and what an earlier call wrote
 * beside its inputs is not taken for input.
 */
import { CrispError } from "../core/errors.js";
import { countEndings } from "../formats/format.js";
import { greyIfEqual, type Picture, withChannels } from "../formats/picture.js";
import { pictureKinds } from "../formats/picture-header.js";
import { encodePng } from "../formats/png.js";
import type { Similarity } from "../tasks/similarity.js";
import { similarity } from "../tasks/similarity.js";
import type { Denoised, Denoiser, Watch } from "./denoise.js";
import type { Paths, Platform } from "./platform.js";
import { demandReferences, openReferences, type References } from "./references.js";

/** One picture's way through: absolute paths; no reference where none was given or found. */
export type DenoiseFile = { readonly input: string; readonly output: string; readonly reference: string | null };

/** One picture: what was read, written and measured. */
export type DenoisedFile = DenoiseFile &
  Omit<Denoised, "picture"> & {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3;
    /** Bits of a sample, read and written. */
    readonly depth: 8 | 16;
    /** The input had an alpha below full, which was dropped. */
    readonly transparent: boolean;
    /** What else the input holds, such as "another page"; null where there is nothing. */
    readonly besides: string | null;
    readonly seconds: number;
    readonly before: Similarity | null;
    readonly after: Similarity | null;
  };

export type DenoisePlaces = {
  readonly out: string | null;
  readonly reference: string | null;
  /** Told of files of a folder that are passed over, and why. */
  onSkip?(message: string): void;
};

/**
 * The files of a call, in the order of its inputs, within a folder of their names.
 *
 * @param named      pictures, and folders of them
 * @param out        file for one picture, folder for everything else; null: beside the input, named …-denoised
 * @param reference  clean picture for one picture, else folder of clean pictures with the same names, whatever
 *   their endings; a picture without one is not compared
 * @throws CrispError `data` for what is not there, `usage` for outputs that collide with inputs or each other
 */
export async function denoiseFiles(
  named: readonly string[],
  places: DenoisePlaces,
  platform: Platform,
): Promise<readonly DenoiseFile[]> {
  if (named.length === 0) throw new CrispError("usage", "no picture is named; one at least is needed. Name a file.");
  const { files } = platform;
  const inputs = withoutOutputs([...new Set(named)], places, files.paths);
  const kinds = await Promise.all(inputs.map((input) => files.kind(files.paths.resolve(input))));
  const missing = kinds.indexOf(null);
  if (missing >= 0)
    throw new CrispError(
      "data",
      `${inputs[missing]} cannot be read: it does not exist; pictures (${pictureKinds}) or folders of them are needed. Check the path.`,
    );
  demandPlace(inputs, kinds, { ...places, paths: files.paths });
  const isOne = inputs.length === 1;
  const references = await openReferences(places.reference, isOne && kinds[0] === "file", platform);
  const found = await Promise.all(
    inputs.map((input, i) =>
      kinds[i] === "folder"
        ? folderFiles(input, { ...places, isOne, references }, platform)
        : pictureFile(input, { ...places, isOne, references }, platform),
    ),
  );
  const settled = withOwnNames(found.flat(), files.paths);
  check(settled);
  demandReferences(places.reference, settled);
  return settled;
}

/** Refuses an output folder that is an input, whose pictures would be passed over, and one named as a picture. */
function demandPlace(
  inputs: readonly string[],
  kinds: readonly ("file" | "folder" | null)[],
  { out, paths }: Pick<DenoisePlaces, "out"> & { readonly paths: Paths },
): void {
  if (out === null) return;
  if (inputs.length === 1 && kinds[0] === "folder" && paths.resolve(out) === paths.resolve(inputs[0]))
    throw new CrispError(
      "usage",
      `--out is ${out}, the folder of the inputs; no input is written over. Name another folder.`,
    );
  if ((inputs.length > 1 || kinds[0] === "folder") && /\.png$/i.test(out))
    throw new CrispError(
      "usage",
      `--out is ${out}, the name of one picture, but there may be several; they go into a folder. Name a folder.`,
    );
}

/** Of `*.png` given a second time, the names without what the first time wrote. */
function withoutOutputs(named: readonly string[], { out, onSkip }: DenoisePlaces, paths: Paths): readonly string[] {
  if (out !== null || named.length === 1) return named;
  const all = named.map((name) => paths.resolve(name));
  const outputs = named.filter((_, i) => isOutput(all[i], all));
  if (outputs.length > 0) onSkip?.(writtenText(outputs));
  return named.filter((name) => !outputs.includes(name));
}

/** Outputs that several inputs would share, as of a.jpg and a.png, keep the input's ending: a.jpg.png, a.png-denoised.png. */
function withOwnNames(files: readonly DenoiseFile[], { join, dirname, basename }: Paths): readonly DenoiseFile[] {
  const count = new Map<string, number>();
  for (const { output } of files) count.set(output, (count.get(output) ?? 0) + 1);
  return files.map((file) => {
    if (count.get(file.output) === 1) return file;
    const name = basename(file.input);
    const suffix = basename(file.output).slice(name.replace(/\.[^.]+$/, "").length);
    return { ...file, output: join(dirname(file.output), `${name}${suffix}`) };
  });
}

type Places = Omit<DenoisePlaces, "reference"> & { readonly isOne: boolean; readonly references: References };

/** One picture to a PNG file; into a folder where that is named, or where there are several inputs. */
async function pictureFile(
  input: string,
  { out, references, isOne }: Places,
  { files: { paths, kind } }: Platform,
): Promise<DenoiseFile[]> {
  const from = paths.resolve(input);
  const into = async (path: string) => !isOne || /[/\\]$/.test(path) || (await kind(paths.resolve(path))) === "folder";
  const place = async (path: string, own: string) =>
    (await into(path)) ? paths.join(paths.resolve(path), own) : paths.resolve(path);
  const output =
    out === null ? pngName(from, "-denoised", paths) : await place(out, pngName(paths.basename(from), "", paths));
  return [{ input: from, output, reference: references(paths.basename(from)) }];
}

/** The pictures of a folder; of several inputs each folder gets one of its own name in `out`. */
async function folderFiles(
  input: string,
  { out, references, isOne, onSkip }: Places,
  { files: { paths }, images }: Platform,
): Promise<DenoiseFile[]> {
  const { join, resolve, basename } = paths;
  const folder = resolve(input);
  const inside = isOne ? "" : basename(folder);
  const to = out === null ? `${folder}-denoised` : join(resolve(out), inside);
  const { names, skipped } = await images.pictureNames(folder, (all) => {
    const found = all.filter((name) => paths.relative(to, join(folder, name)).startsWith(".."));
    const outputs = found.filter((name) => isOutput(name, found));
    if (outputs.length > 0) onSkip?.(writtenText(outputs));
    return found.filter((name) => !outputs.includes(name));
  });
  if (skipped.length > 0) onSkip?.(`${input}: passed over, being no pictures that are read: ${countEndings(skipped)}.`);
  return names.map((name) => ({
    input: join(folder, name),
    output: pngName(join(to, name), "", paths),
    reference: references(join(inside, name)),
  }));
}

function writtenText(names: readonly string[]): string {
  const others = names.length === 1 ? "" : ` and ${names.length - 1} more`;
  return `${names[0]}${others} passed over: written by an earlier call. Name a picture by itself to denoise it again.`;
}

/** Is it NAME-denoised.png beside a picture NAME, or in a folder NAME-denoised beside a folder NAME with pictures? */
function isOutput(name: string, all: readonly string[]): boolean {
  const stem = /^(.*)-denoised\.png$/.exec(name)?.[1];
  if (stem !== undefined && all.some((other) => other === stem || other.replace(/\.[^.]+$/, "") === stem)) return true;
  const parts = name.split(/[/\\]/);
  return parts.slice(0, -1).some((part, depth) => {
    if (!part.endsWith("-denoised")) return false;
    const source = [...parts.slice(0, depth), part.slice(0, -"-denoised".length)].join("/");
    return all.some((other) => other.replaceAll("\\", "/").startsWith(`${source}/`));
  });
}

function check(files: readonly DenoiseFile[]): void {
  const taken = new Map<string, string>(files.map(({ input }) => [input, input]));
  for (const { input, output, reference } of files) {
    const other = taken.get(output);
    if (other !== undefined) {
      const what = files.some((file) => file.input === output) ? "which is an input" : `as for ${other}`;
      throw new CrispError("usage", `${input} would be written to ${output}, ${what}. Choose another --out.`);
    }
    taken.set(output, input);
    if (!/\.png$/i.test(output)) {
      throw new CrispError("usage", `--out is ${output}; pictures are written as PNG. Let the name end in .png.`);
    }
    if (reference === output) {
      throw new CrispError("usage", `${output} is the reference and would be written over. Choose another --out.`);
    }
  }
}

function pngName(path: string, suffix: string, { join, dirname, basename }: Paths): string {
  return join(dirname(path), `${basename(path).replace(/\.[^.]+$/, "")}${suffix}.png`);
}

/** Reads, denoises and writes one picture; its reference is read and compared before the work begins. */
export async function denoiseFile(
  file: DenoiseFile,
  { denoiser, watch }: { readonly denoiser: Denoiser; readonly watch?: Watch },
  { files, images, now }: Platform,
): Promise<DenoisedFile> {
  const decoded = await images.picture(file.input);
  // Grey stored as colour has one noise in all channels: the colour network would misread it.
  const picture = greyIfEqual(decoded.picture);
  const reference = file.reference === null ? null : (await images.picture(file.reference)).picture;
  const clean = reference && (picture.channels === 1 ? greyIfEqual(reference) : withChannels(reference, 3));
  const before = clean && compared(clean, picture, file);
  const begin = now();
  const { picture: result, ...done } = await denoiser.denoise(picture, watch).catch((error) => {
    throw naming(file.input, error);
  });
  const seconds = now() - begin;
  await files.replace(file.output, encodePng(result));
  const { height, width, channels } = picture;
  const after = clean && similarity(clean, result);
  const lost = { transparent: decoded.transparent, besides: decoded.besides ?? null };
  const depth = picture.deep ? 16 : 8;
  return { ...file, height, width, channels, depth, ...lost, ...done, seconds, before, after };
}

function compared(clean: Picture, picture: Picture, { input, reference }: DenoiseFile): Similarity {
  try {
    return similarity(clean, picture);
  } catch (error) {
    throw naming(`${reference} and ${input}`, error);
  }
}

/** An error that does not know of files, with their names before it. */
function naming(names: string, error: unknown): unknown {
  return error instanceof CrispError
    ? new CrispError(error.code, `${names}: ${error.message}`, { cause: error })
    : error;
}
