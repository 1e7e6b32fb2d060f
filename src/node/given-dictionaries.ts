/** A study's own dictionaries from files on this machine. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type GivenDictionaries, type GivenSettings, givenDictionaries } from "../app/given-dictionaries.js";
import type { DictionaryOptions } from "../coding/dictionary-file.js";
import { unreadable } from "./files.js";

/**
 * Reads the files of a study of given dictionaries.
 *
 * @throws CrispError `data` for a file that is not a dictionary, `usage` where two
 *   files do not fit together or are the same
 */
export function readGivenDictionaries(
  paths: readonly string[],
  options: DictionaryOptions,
): GivenDictionaries & GivenSettings {
  return givenDictionaries(
    paths.map((path) => ({ path, name: basename(path), bytes: bytesOf(path) })),
    options,
  );
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause, "Check the names after --dictionaries.");
  }
}
