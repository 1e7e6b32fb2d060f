/**
 * manifest.json: what the study in a folder is. Written once; a folder that
 * holds another study, or something that is not a study, is refused by name of
 * what differs and left as it was.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson, contentKey } from "../core/key.js";
import type { ImageSet } from "../images/image-set.js";
import type { GivenDictionary, ImageIdentity, PlanContext } from "../study/plan.js";
import { presentSettings } from "../study/record-versions.js";
import type { StudySettings } from "../study/settings.js";
import type { GivenDictionaries } from "./given-dictionaries.js";
import type { Platform } from "./platform.js";
import { type RecordCheck, readRecordFile } from "./record-file.js";

export type Manifest = {
  /**
   * 3 by now. Before it settings spelled `normalise` with a z; 2 was that with dictionaries known by `tensorSha256`,
   * 1 that without any, or with those of the first versions, known by another key.
   */
  readonly schemaVersion: 1 | 2 | 3;
  /** In the folder of one dictionary (`crisp train`), which is not a study; absent in a study's. */
  readonly kind?: "training";
  /** Content key of everything below. */
  readonly study: string;
  readonly settings: StudySettings;
  readonly images: ImageIdentity;
  /** Of a study of given dictionaries; absent in others. */
  readonly dictionaries?: readonly GivenDictionary[];
  /** Numeric-kernel family of every result. */
  readonly family: string;
};

/** `set.mask`: hash of the masks on its training images. */
export function manifestOf(
  settings: StudySettings,
  set: ImageSet & { readonly mask?: string },
  of: Pick<Manifest, "family" | "dictionaries" | "kind">,
): Manifest {
  const { family, dictionaries, kind } = of;
  const { source, citation, hash, height, width, channels, mask } = set;
  const images = { source, citation, hash, height, width, channels, ...(mask === undefined ? {} : { mask }) };
  const body = { settings, images, dictionaries, family };
  return { schemaVersion: 3, kind, study: contentKey(body), ...body };
}

/** What the study's plan depends on. */
export function planOf({ settings, family, images, dictionaries }: Manifest): PlanContext {
  return { settings, family, images, dictionaries };
}

/** The study in `folder`, or null when the folder is new or empty. */
export async function readManifest(folder: string, platform: Platform): Promise<Manifest | null> {
  const manifest = await manifestIn(folder, platform);
  if (!manifest) await refuseForeign(folder, platform);
  return manifest;
}

/** The manifest in a folder, or null where there is none. @throws CrispError `checksum` if it is damaged */
export async function manifestIn(folder: string, { studies }: Platform): Promise<Manifest | null> {
  const files = studies.files(folder);
  const check: RecordCheck<Manifest> = {
    fault({ schemaVersion, study, kind: _, ...body }) {
      if (![1, 2, 3].includes(schemaVersion!)) return "it holds no manifest of version 1 to 3";
      return study === contentKey(body) ? null : "it does not match its own key";
    },
    advice:
      "Restore the file: the same command with another --out writes the same one as it begins. Or go on with that --out.",
  };
  const found = await readRecordFile(files.paths.join(folder, "manifest.json"), check, files);
  const manifest = found && found.schemaVersion < 3 ? upgraded(found) : found;
  // Trainings of the first versions say it by planning no test image, which no study may.
  return manifest?.settings.testImages === 0 ? { ...manifest, kind: "training" } : manifest;
}

/** A manifest of an earlier version as it would be written now, but for its version: its results are the same. */
function upgraded({ schemaVersion, kind, study: _, settings, ...rest }: Manifest): Manifest {
  const body = { settings: presentSettings({ ...settings }), ...rest };
  return { schemaVersion, kind, study: contentKey(body), ...body };
}

/** Whether a folder holds this study already. @throws CrispError `store` where it holds another, or something else */
export async function demandSame(folder: string, manifest: Manifest, platform: Platform): Promise<boolean> {
  const present = await readManifest(folder, platform);
  if (present && present.study !== manifest.study) throw otherStudy(folder, present, manifest);
  return present !== null;
}

/** @throws CrispError `store`, naming what differs, where the study of this manifest has other settings or dictionaries */
export function demandSettings(
  folder: string,
  present: Manifest,
  of: { readonly settings: StudySettings; readonly dictionaries?: Pick<GivenDictionaries, "identities"> },
): void {
  const asked = { ...present, settings: of.settings, dictionaries: of.dictionaries?.identities };
  if (canonicalJson(present) !== canonicalJson(asked)) throw otherStudy(folder, present, asked);
}

/** Makes the folder this study's, or checks that it is. */
export async function claimFolder(
  folder: string,
  manifest: Manifest,
  platform: Platform,
): Promise<{ resumed: boolean }> {
  const { studies } = platform;
  const files = studies.files(folder);
  if (await demandSame(folder, manifest, platform)) return { resumed: true };
  try {
    await studies.make(folder);
    await files.writeFirst(files.paths.join(folder, "manifest.json"), `${canonicalJson(manifest)}\n`);
  } catch (cause) {
    throw new CrispError(
      "store",
      `${folder} cannot be written (${reasonOf(cause)}). Choose a folder of yours with --out.`,
      { cause },
    );
  }
  return { resumed: false };
}

async function refuseForeign(folder: string, { studies }: Platform): Promise<void> {
  let names: readonly string[];
  try {
    names = await studies.files(folder).list(folder);
  } catch (cause) {
    throw new CrispError("store", `${folder} cannot be read as a folder (${reasonOf(cause)}). Choose another --out.`, {
      cause,
    });
  }
  const foreign = names.filter((name) => name !== "lock" && !name.startsWith("."));
  if (foreign.length > 0) {
    throw new CrispError(
      "store",
      `${folder} holds files (${foreign.slice(0, 3).join(", ")}) but no manifest.json: it is not a study. Choose an empty or new folder with --out.`,
    );
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function otherStudy(folder: string, present: Manifest, asked: Manifest): CrispError {
  const before = leaves(present);
  const now = leaves(asked);
  const names = [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => name !== "study" && before.get(name) !== now.get(name),
  );
  if (names.includes("images.hash") && names.every((name) => name.startsWith("images.")))
    return new CrispError(
      "store",
      `the images are not those of the study in ${folder}: its own have the hash ${shortened(before.get("images.hash"))}, these ${shortened(now.get("images.hash"))}. Name the study's own with --from (or --data), or choose another --out.`,
    );
  const listed = names
    .sort((a, b) => Number(isHash(before.get(a), now.get(a))) - Number(isHash(before.get(b), now.get(b))))
    .slice(0, 4)
    .map(
      (name) =>
        `${name.replace("settings.", "")} is ${shortened(before.get(name))}, asked for ${shortened(now.get(name))}`,
    );
  const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
  // No ID of an item agrees between other images or kernels, and crisp train has no --reuse.
  const shares = !names.includes("images.hash") && !names.includes("family") && asked.kind !== "training";
  const other = shares ? `--out NEW --reuse ${folder}, which takes over every result that both share` : "another --out";
  return new CrispError(
    "store",
    `${folder} holds a study made with other settings: ${listed.join("; ")}${more}. Choose ${other}, or the settings of the first run.`,
  );
}

/** A hash says only that something differs; what the user set comes before it. */
function isHash(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && /[0-9a-f]{32}/.test(text));
}

/** A value as it is written, of a hash the first 12 digits. */
function shortened(text: string | undefined): string {
  return text?.replace(/([0-9a-f]{12})[0-9a-f]{20,}/g, "$1…") ?? "absent";
}

/** Every leaf of a record by its dotted path; lists count as leaves. */
function leaves(record: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(record)) {
    const path = prefix ? `${prefix}.${name}` : name;
    if (value && typeof value === "object" && !Array.isArray(value)) {
      for (const [leaf, text] of leaves(value, path)) found.set(leaf, text);
    } else found.set(path, JSON.stringify(value));
  }
  return found;
}
