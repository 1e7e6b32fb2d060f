/** Files that a command is about to write, checked against what it reads and against each other; names of folders by default. */
import { CrispError } from "../core/errors.js";
import type { Files } from "./platform.js";

/** A file as the user named it: the option, and the path behind it; undefined where the option was not given. */
export type Named = readonly [name: string, path: string | undefined];

/**
 * Refuses outputs that would replace an input or each other, before any work.
 *
 * @throws CrispError `usage` that names both
 */
export async function checkOutputs(
  outputs: readonly Named[],
  inputs: readonly Named[],
  files: Pick<Files, "real">,
): Promise<void> {
  const taken = new Map<string, string>();
  for (const [name, path] of inputs) if (path !== undefined) taken.set(await files.real(path), `read as ${name}`);
  for (const [name, path] of outputs) {
    if (path === undefined) continue;
    const holder = taken.get(await files.real(path));
    if (holder !== undefined)
      throw new CrispError(
        "usage",
        `${name} ${path} is also ${holder}; an output needs a file of its own. Name another file.`,
      );
    taken.set(await files.real(path), `written as ${name}`);
  }
}

/**
 * What images are called in the default name of a folder: their source, or the user's own folder or array file.
 *
 * @param from  where they lie, as resolved: "/data/my scans" is my-scans, "cells.npy" cells
 */
export function imagesName(data: string, from: string | undefined): string {
  if (from === undefined || (data !== "folder" && data !== "arrays")) return data;
  const own = /[^/\\]+(?=[/\\]*$)/.exec(from)?.[0] ?? "";
  const name = own.replace(/\.(npy|npz)$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return /^\.*$/.test(name) ? data : name;
}
