/**
 * Settings from several places, the later one winning: preset, file,
 * variables, `--set`, flags. Each place is a layer of dotted paths, so the
 * merge is one loop and every value remembers where it came from.
 */
import { CrispError, nearestWord } from "../core/errors.js";
import { checkSettings, settingPaths } from "./schema.js";
import type { StudySettings } from "./settings.js";

/** Values by dotted path from one place; `origin` names the place for a path, as the user wrote it. */
export type Layer = {
  readonly values: ReadonlyMap<string, unknown>;
  readonly origin: (path: string) => string;
};

/** Settings of the layers, lowest first; throws `usage` with the user's own words. */
export function resolveSettings(layers: readonly Layer[]): StudySettings {
  const origins = new Map<string, string>();
  const tree: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [path, value] of layer.values) {
      const [group, key] = path.split(".");
      if (key === undefined) tree[group] = asList(path, value);
      else tree[group] = { ...(tree[group] as object | undefined), [key]: value };
      origins.set(path, layer.origin(path));
    }
  }
  return checkSettings(tree, (path) => origins.get(path) ?? "settings");
}

/** A nested record as dotted paths; unknown keys are refused by name. */
export function layerOfTree(tree: unknown, place: string): Layer {
  const values = new Map<string, unknown>();
  if (!isRecord(tree)) {
    throw new CrispError("usage", `${place}: holds ${String(tree)}; it must be settings by name, such as "seed: 1".`);
  }
  for (const [name, value] of Object.entries(tree)) {
    const isGroup = settingPaths.some((path) => path.startsWith(`${name}.`));
    if (!isGroup) values.set(knownPath(name, place), value);
    else if (isRecord(value))
      for (const [key, inner] of Object.entries(value)) values.set(knownPath(`${name}.${key}`, place), inner);
    else
      throw new CrispError(
        "usage",
        `${place}: ${name} is ${String(value)}; it must be a group of settings, such as ${settingPaths.find((path) => path.startsWith(`${name}.`))}. Indent its keys below it.`,
      );
  }
  return { values, origin: () => place };
}

/** A value typed on the command line or in a variable, read as the setting at `path` is meant. */
export function valueOfText(path: string, text: string): unknown {
  const word = text.trim();
  if (path === "learning.lambdaBySize") return pairsOf(word);
  if (listPaths.has(path)) return asList(path, word);
  if (word === "true" || word === "false") return word === "true";
  return word !== "" && Number.isFinite(Number(word)) ? Number(word) : word;
}

/** The path itself if it is a setting; throws `usage` naming the nearest ones. */
export function knownPath(path: string, place: string, extra: readonly string[] = []): string {
  if (settingPaths.includes(path) || extra.includes(path)) return path;
  const near = nearestPaths(path, extra);
  const advice = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `Known are ${settingPaths.join(", ")}.`;
  throw new CrispError("usage", `${place}: there is no setting ${path}. ${advice}`);
}

/** Settings, or groups of them, whose last word is the one given, or the one nearest in spelling. */
function nearestPaths(path: string, extra: readonly string[]): readonly string[] {
  const groups = settingPaths.filter((known) => known.includes(".")).map((known) => known.split(".")[0]);
  const known = [...new Set([...settingPaths, ...groups, ...extra])];
  const last = (dotted: string) => dotted.slice(dotted.lastIndexOf(".") + 1);
  const whole = nearestWord(path, known);
  if (whole !== undefined) return [whole];
  const ending = nearestWord(last(path), known.map(last));
  return ending === undefined ? [] : known.filter((candidate) => last(candidate) === ending);
}

const extentPaths = new Set(["patch", "stride"]);
const listPaths = new Set(["features", "imageSizes", "leftOut", ...extentPaths]);

/**
 * Lists may be written 16,32,64 or 8x8, one number stands for a square patch, "none" for an empty list.
 * Text with a part missing, such as 8x, stays as it is, for the message.
 */
function asList(path: string, value: unknown): unknown {
  if (!listPaths.has(path) || (typeof value !== "string" && typeof value !== "number")) return value;
  if (value === "none" || value === "") return [];
  const parts = String(value)
    .trim()
    .split(/\s*[,x×]\s*|\s+/);
  if (parts.includes("")) return value;
  const numbers = parts.map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));
  return extentPaths.has(path) && numbers.length === 1 ? [numbers[0], numbers[0]] : numbers;
}

/** "32:0.4,64:0.5" as pairs of numbers; what is none stays as it is, for the message. */
function pairsOf(text: string): unknown {
  return text
    .split(",")
    .map((pair) => pair.split(":").map((part) => (Number.isFinite(Number(part)) ? Number(part) : part)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
