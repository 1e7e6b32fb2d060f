/**
 * Clean pictures that results of `crisp denoise` are compared with: the one that
 * is named, or those of a folder, each found by the name of its noisy picture, or
 * by that without its ending where only one has it: scans/a.png for a.jpg in scans.
 */
import { CrispError } from "../core/errors.js";
import type { Platform } from "./platform.js";

/** The absolute path of the clean picture for a name such as "scans/a.jpg", or null where there is none. */
export type References = (name: string) => string | null;

/**
 * @param reference  a picture for `isOne` picture, or a folder; null: nothing is compared
 * @throws CrispError `data` for what is not there, `usage` for one picture as the reference of several
 */
export async function openReferences(
  reference: string | null,
  isOne: boolean,
  { files, images }: Pick<Platform, "files" | "images">,
): Promise<References> {
  if (reference === null) return () => null;
  const path = files.paths.resolve(reference);
  const kind = await files.kind(path);
  if (kind === null)
    throw new CrispError(
      "data",
      `${reference} cannot be read: it does not exist; --reference names the clean picture, or a folder of clean pictures. Check --reference.`,
    );
  if (kind === "folder") return inFolder(path, (await images.pictureNames(path)).names, files.paths.join);
  if (isOne) return () => path;
  throw new CrispError(
    "usage",
    `--reference is ${reference}, one picture, but there may be several to compare; each needs its own. Name a folder.`,
  );
}

function inFolder(folder: string, names: readonly string[], join: (...parts: string[]) => string): References {
  const exact = new Set(names);
  const byStem = new Map<string, string[]>();
  for (const name of names) byStem.set(stemOf(name), [...(byStem.get(stemOf(name)) ?? []), name]);
  return (name) => {
    if (exact.has(name)) return join(folder, name);
    const alike = byStem.get(stemOf(name)) ?? [];
    return alike.length === 1 ? join(folder, alike[0]) : null;
  };
}

/** "scans/a" of "scans/a.jpg" */
function stemOf(name: string): string {
  return name.replace(/\.[^./\\]+$/, "");
}

/** @throws CrispError `data` if no picture at all has a reference: then the folder is another one */
export function demandReferences(
  reference: string | null,
  files: readonly { readonly input: string; readonly reference: string | null }[],
): void {
  if (reference === null || files.length === 0 || files.some((file) => file.reference !== null)) return;
  throw new CrispError(
    "data",
    `${reference} holds no picture called as ${files[0].input}${files.length === 1 ? "" : " or another of the pictures"}; a clean picture has the same name, whatever its ending. Check --reference.`,
  );
}
