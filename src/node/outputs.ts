/** Files that a command is about to write, checked against what it reads and against each other. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CrispError } from "../core/errors.js";

/** A file as the user named it: the option, and the path behind it; undefined where the option was not given. */
export type Named = readonly [name: string, path: string | undefined];

/**
 * Refuses outputs that would replace an input or each other, before any work.
 *
 * @throws CrispError `usage` that names both
 */
export function checkOutputs(outputs: readonly Named[], inputs: readonly Named[]): void {
  const taken = new Map<string, string>();
  for (const [name, path] of inputs) if (path !== undefined) taken.set(place(path), `${name}, which is read`);
  for (const [name, path] of outputs) {
    if (path === undefined) continue;
    const holder = taken.get(place(path));
    if (holder !== undefined)
      throw new CrispError("usage", `${name} ${path} is the file of ${holder}; it would be lost. Name another file.`);
    taken.set(place(path), `${name}, which is written`);
  }
}

/** Where a path leads, through links; of a file that is not there yet, where its folder does. */
function place(path: string): string {
  const whole = resolve(path);
  for (const [folder, rest] of [[whole, ""] as const, [dirname(whole), basename(whole)] as const]) {
    try {
      return join(realpathSync(folder), rest);
    } catch {
      // Not there: its folder may be.
    }
  }
  return whole;
}
