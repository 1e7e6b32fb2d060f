/**
 * A study's settings as the user gave them. Precedence, strongest first:
 * flag, `--set key=value`, `CRISP_*` variable, YAML file, preset. The same
 * order decides where images are, where the study goes and how many work at it.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { GivenDictionaries } from "../app/given-dictionaries.js";
import type { DictionaryOptions } from "../coding/dictionary-file.js";
import { CrispError, nearestWord } from "../core/errors.js";
import type { Layout } from "../formats/arrays.js";
import { formatOf } from "../formats/format.js";
import { parseYaml } from "../formats/yaml.js";
import { knownPath, type Layer, layerOfTree, resolveSettings, valueOfText } from "../study/precedence.js";
import { defaultPreset, type PresetName, presetNames, presets } from "../study/presets.js";
import { settingPaths } from "../study/schema.js";
import { dataNames, type StudySettings } from "../study/settings.js";
import { type Given, givenDictionaries } from "./given.js";
import { imageAxisDefaults } from "./image-axis.js";
import { layoutOf } from "./option-values.js";
import { protocolDefaults } from "./petavision.js";

/** What a command needs to know before it starts. */
export type StudyPlan = {
  readonly settings: StudySettings;
  readonly preset: PresetName;
  /** Folder or archive the images are read from. */
  readonly from: string | undefined;
  /** Folder of the study, as the user wrote it; undefined: named after data and preset. */
  readonly out: string | undefined;
  /** petavision: the networks are also coded as the authors code. */
  readonly protocol: string | undefined;
  /** Folder of a study whose finished items are taken over. */
  readonly reuse: string | undefined;
  readonly workers: number;
  /** Files of a study that trains no dictionary. */
  readonly dictionaries: GivenDictionaries | undefined;
  /** Axes of dictionaries in arrays; undefined: what fits. */
  readonly atomsLayout: Layout | undefined;
  /** Dotted paths of the settings that the user gave, in whatever place. */
  readonly given: ReadonlySet<string>;
  /** What was taken otherwise than a preset has it, since the images or files ask for it. */
  readonly notes: readonly string[];
};

export type StudyOptions = Readonly<Record<string, unknown>> & { readonly set?: readonly string[] };

/** Flags that are settings, by their option's name in commander. */
const flagPaths: Readonly<Record<string, string>> = {
  data: "data",
  task: "task.kind",
  layout: "layout",
  sizeAxis: "sizeAxis",
  features: "features",
  imageSizes: "imageSizes",
  leftOut: "leftOut",
  replicates: "replicates",
  trainingImages: "trainingImages",
  testImages: "testImages",
  noise: "noise",
  seed: "seed",
  atoms: "atoms",
  patch: "patch",
  stride: "stride",
  lambda: "learning.lambda",
  rule: "learning.rule",
};

/** Flags that are not called as their setting is. */
const flagNames: Readonly<Record<string, string>> = {
  normalise: "--no-normalise",
  "task.kind": "--task",
  "learning.lambda": "--lambda",
  "learning.rule": "--rule",
};

/** What is not part of a study's identity: how and where this run does it. */
const runKeys = [
  "preset",
  "from",
  "dictionaries",
  "atomsLayout",
  "normaliseAtoms",
  "out",
  "protocol",
  "reuse",
  "workers",
] as const;
/** Variables that other parts of Crisp read. */
const reservedVariables = ["CRISP_CACHE"];
const arrayFile = (path: string) => ["npy", "npz"].includes(formatOf(path) ?? "");

/** The options that choose settings, on any command that needs them. */
export function addStudyOptions(command: Command): Command {
  return command
    .option("--preset <name>", `ready-made settings: ${presetNames.join(", ")} (default: ${defaultPreset})`)
    .option("--data <spec>", "images: leaves, cifar10, a folder of pictures, or an .npy or .npz file")
    .option("--from <path>", "folder or archive that holds the data set")
    .option("--layout <axes>", "axes of arrays of images: nhwc (channels last) or nchw (default: what fits)")
    .option("--atoms-layout <axes>", "axes of dictionaries in arrays: nhwc or nchw (default: what fits)")
    .option("--patch <n>", "height and width of an atom in pixels, such as 8 or 8x6 (default: 8)")
    .option("--stride <n>", "pixels between neurons, such as 2 or 2x4 (default: 2)")
    .option("--no-normalise", "code arrays as they are, not with mean 0 and deviation 1")
    .option("--training-images <n>", "images to train on")
    .option("--test-images <n>", "images to measure on")
    .option("--noise <sigma>", "standard deviation of the noise, in units of the normalised image")
    .option("--seed <n>", "seed of everything random")
    .option("--workers <n>", "worker threads (default: one per core)")
    .addOption(
      new Option("--set <key=value>", "any setting by name, such as learning.lambda=0.7; may be repeated").argParser(
        (value: string, before: string[] | undefined) => [...(before ?? []), value],
      ),
    );
}

/** What the user wrote, before images and dictionaries are looked at. */
export type Draft = {
  readonly preset: PresetName;
  readonly run: ReadonlyMap<string, RunValue>;
  /** The user's own layers, lowest first. */
  readonly places: readonly Layer[];
  /** All layers without run keys, lowest first; the preset is the first. */
  readonly layers: readonly Layer[];
  readonly from: string | undefined;
};

/** The layers of a study's settings. @throws CrispError `usage` in the user's own words */
export async function draftOf(
  file: string | undefined,
  options: StudyOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Draft> {
  const places = [
    file === undefined ? undefined : await fileLayer(file),
    variableLayer(environment),
    setLayer(options.set ?? []),
    flagLayer(options),
  ].filter((layer) => layer !== undefined);
  const run = runValues(places);
  const preset = presetOf(run.get("preset"));
  const layers = [layerOfTree(presets[preset], `preset ${preset}`), ...places.map(withoutRunKeys)];
  layers.splice(1, 0, ...imageAxisDefaults(places, presets[preset].data), ...protocolDefaults(run.get("protocol")));
  return { preset, run, places, ...namedData(layers, fromOf(places)) };
}

/** What images and dictionaries add to a draft. */
export type Found = {
  readonly given?: Given;
  /** Settings that the images there are ask of a preset: above it, below whatever the user named. */
  readonly images?: Layer;
  readonly notes?: readonly string[];
};

/** Everything resolved. @throws CrispError `usage` in the user's own words */
export function planOf({ preset, run, places, layers, from }: Draft, { given, images, notes = [] }: Found): StudyPlan {
  const [lowest, ...others] = layers;
  const named = [lowest, ...(images ? [images] : []), ...others, ...(given ? [given.layer] : [])];
  const settings = resolveSettings(named);
  if (settings.atoms === "given" && !given) throw withoutFiles(named);
  return {
    settings,
    preset,
    from,
    out: run.get("out")?.value,
    protocol: run.get("protocol")?.value,
    reuse: run.get("reuse")?.value,
    workers: workersOf(run.get("workers")),
    dictionaries: given?.dictionaries,
    atomsLayout: layoutNamed(run),
    given: givenPaths(places),
    notes,
  };
}

/** Dotted paths of what the user gave, in whatever place. */
export function givenPaths(places: readonly Layer[]): ReadonlySet<string> {
  return new Set(places.flatMap(({ values }) => [...values.keys()]));
}

/** The dictionaries a draft names; undefined where it names none. */
export function givenOf({ run, places }: Draft, fits?: DictionaryOptions["fits"]): Given | undefined {
  const files = run.get("dictionaries");
  if (files === undefined) return undefined;
  const layout = layoutNamed(run);
  return givenDictionaries(files, places, { layout, fits, normaliseAtoms: unitAtomsOf(run.get("normaliseAtoms")) });
}

function layoutNamed(run: Draft["run"]): Layout | undefined {
  const { origin, value } = run.get("atomsLayout") ?? { origin: "--atoms-layout", value: undefined };
  return layoutOf(origin, value);
}

function withoutFiles(layers: readonly Layer[]): CrispError {
  const place = layers.findLast(({ values }) => values.has("atoms"))!;
  return new CrispError(
    "usage",
    `${place.origin("atoms")}: atoms is set to given, but no files are named. Add --dictionaries a.npy,b.npy,c.npy; atoms then need not be set.`,
  );
}

function unitAtomsOf(asked: RunValue | undefined): boolean {
  if (asked === undefined || asked.value === "false") return false;
  if (asked.value === "true") return true;
  throw new CrispError(
    "usage",
    `${asked.origin}: normaliseAtoms is ${asked.value}; it must be true or false. Change it or leave it out.`,
  );
}

export type RunValue = { readonly value: string; readonly origin: string };

function runValues(layers: readonly Layer[]): ReadonlyMap<string, RunValue> {
  const values = new Map<string, RunValue>();
  for (const layer of layers) {
    for (const key of runKeys) {
      const value = layer.values.get(key);
      if (value !== undefined) values.set(key, { value: String(value), origin: layer.origin(key) });
    }
  }
  return values;
}

function withoutRunKeys(layer: Layer): Layer {
  const kept = [...layer.values].filter(([path]) => !(runKeys as readonly string[]).includes(path));
  return { ...layer, values: new Map(kept) };
}

function presetOf(asked: RunValue | undefined): PresetName {
  const found = presetNames.find((name) => name === (asked?.value ?? defaultPreset));
  if (found) return found;
  const near = nearestWord(asked!.value, presetNames);
  const advice = near ? ` Did you mean ${near}?` : "";
  throw new CrispError(
    "usage",
    `${asked!.origin}: there is no preset ${asked!.value}; presets are ${presetNames.join(", ")}.${advice}`,
  );
}

function workersOf(asked: RunValue | undefined): number {
  if (asked === undefined) return availableParallelism();
  const workers = Number(asked.value);
  if (Number.isInteger(workers) && workers >= 1 && workers <= 1024) return workers;
  throw new CrispError(
    "usage",
    `${asked.origin}: workers is ${asked.value}; it must be a whole number from 1 to 1,024. Leave it out for one per core.`,
  );
}

/** The path of the images; one that came together with other data than a stronger place names is not theirs. */
function fromOf(places: readonly Layer[]): string | undefined {
  let given: { readonly path: string; readonly data: unknown } | undefined;
  for (const { values } of places) {
    const data = values.get("data");
    if (data !== undefined && given?.data !== undefined && data !== given.data) given = undefined;
    const path = values.get("from");
    if (path !== undefined) given = { path: String(path), data };
  }
  return given?.path;
}

/** A path given as data means a folder of pictures there, or an array file. */
function namedData(layers: readonly Layer[], from: string | undefined) {
  const last = layers.findLast((layer) => layer.values.has("data"))!;
  const spec = String(last.values.get("data"));
  if ((dataNames as readonly string[]).includes(spec)) {
    const needsPath = spec === "folder" ? "folder" : spec === "arrays" ? ".npy or .npz file" : null;
    if (needsPath === null || from !== undefined) return { layers, from };
    throw new CrispError(
      "usage",
      `${last.origin("data")}: data is ${spec}, but no path of a ${needsPath} is given. Write --data PATH, or add --from PATH.`,
    );
  }
  const found = existsSync(spec) ? statSync(spec) : null;
  const kind = found?.isDirectory() ? "folder" : found && arrayFile(spec) ? "arrays" : null;
  if (kind === null) {
    const near = nearestWord(spec, ["leaves", "cifar10"]);
    throw new CrispError(
      "usage",
      `${last.origin("data")}: data is ${spec}, but there is no folder, .npy or .npz file of this name. It must be leaves, cifar10, or the path of a folder of pictures or of such a file.${near ? ` Did you mean ${near}?` : ""}`,
    );
  }
  if (from !== undefined)
    throw new CrispError(
      "usage",
      `${last.origin("data")}: data names ${spec} and from names ${from}; only one path is allowed. Remove one.`,
    );
  return { layers: [...layers, { values: new Map([["data", kind]]), origin: last.origin }], from: spec };
}

async function fileLayer(file: string): Promise<Layer> {
  if (!existsSync(file)) {
    throw new CrispError("usage", `${file}: there is no such file. Give a YAML file of settings, or none.`);
  }
  if (statSync(file).isDirectory()) {
    throw new CrispError(
      "usage",
      `${file} is a folder; this argument must be a YAML file of settings. Name the folder of a study with --out.`,
    );
  }
  const tree = (await parseYaml(readFileSync(file, "utf8"), file)) ?? {};
  if (typeof tree !== "object" || Array.isArray(tree)) return layerOfTree(tree, file);
  const { run, rest } = splitRunKeys(tree as Record<string, unknown>, file);
  return { values: new Map([...run, ...layerOfTree(rest, file).values]), origin: () => file };
}

/** The file's run keys taken apart from its settings; its paths count from the file's folder. */
function splitRunKeys(tree: Record<string, unknown>, file: string) {
  const run = new Map<string, unknown>();
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) {
    if (!(runKeys as readonly string[]).includes(key)) {
      if (!settingPaths.some((path) => path === key || path.startsWith(`${key}.`))) knownPath(key, file, runKeys);
      rest[key] = value;
    } else
      run.set(
        key,
        key === "dictionaries"
          ? eachInFolderOf(file, value)
          : pathKeys.includes(key)
            ? resolve(dirname(file), String(value))
            : value,
      );
  }
  return { run, rest };
}

const pathKeys = ["from", "out", "reuse"];

/** A list of paths, which count from the folder of the settings file, as one text with commas. */
function eachInFolderOf(file: string, value: unknown): string {
  const paths = Array.isArray(value) ? value.map(String) : String(value).split(",");
  return paths.map((path) => resolve(dirname(file), path.trim())).join(",");
}

/** CRISP_LEARNING_LAMBDA is learning.lambda; one that names nothing is an error. */
function variableLayer(environment: NodeJS.ProcessEnv): Layer {
  const pathOf = new Map([...settingPaths, ...runKeys].map((path) => [variableName(path), path]));
  const values = new Map<string, unknown>();
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith("CRISP_") || reservedVariables.includes(name) || text === undefined) continue;
    const path = pathOf.get(name);
    if (path === undefined) {
      const near = nearestWord(name, [...pathOf.keys(), ...reservedVariables]);
      throw new CrispError(
        "usage",
        `${name}=${text}: there is no setting for this variable. ${near ? `Did you mean ${near}?` : "Unset it."}`,
      );
    }
    values.set(path, valueOfText(path, text));
  }
  return { values, origin: variableName };
}

function variableName(path: string): string {
  return `CRISP_${path
    .replace(/([A-Z])/g, "_$1")
    .replace(".", "_")
    .toUpperCase()}`;
}

function setLayer(pairs: readonly string[]): Layer {
  const values = new Map<string, unknown>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1)
      throw new CrispError("usage", `--set ${pair}: write --set key=value, such as --set learning.lambda=0.7.`);
    const path = knownPath(pair.slice(0, equals).trim(), "--set", runKeys);
    values.set(path, valueOfText(path, pair.slice(equals + 1)));
  }
  return { values, origin: () => "--set" };
}

function flagLayer(options: StudyOptions): Layer {
  const values = new Map<string, unknown>();
  for (const [name, path] of Object.entries(flagPaths)) {
    if (typeof options[name] === "string") values.set(path, valueOfText(path, options[name]));
  }
  if (options.normalise === false) values.set("normalise", false);
  if (options.normaliseAtoms === true) values.set("normaliseAtoms", true);
  for (const key of runKeys) if (typeof options[key] === "string") values.set(key, options[key]);
  return {
    values,
    origin: (path) => flagNames[path] ?? `--${path.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)}`,
  };
}
