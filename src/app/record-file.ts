/**
 * A record of a study as one JSON file, written with a checksum, read back and checked: what must hold of every one
 * is here. `checksum` is the key of all other fields, so a changed digit is found at reading.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson, contentKey } from "../core/key.js";
import type { Files } from "./platform.js";

/** How a record is judged, and what to do with one that is damaged. */
export type RecordCheck<T> = {
  /** What is wrong with it, "it holds no record of version 1"; null where nothing is. */
  fault(record: Partial<T>): string | null;
  /** "Run … to make it again." */
  readonly advice: string;
  /** Told where the file has no checksum, since an earlier version wrote it. Without it none is expected. */
  onUnsealed?(warning: string): void;
};

/** Writes a record with its checksum: canonical JSON on one line, so equal records are equal bytes; a NaN would throw. */
export async function writeRecordFile(path: string, record: object, files: Pick<Files, "replace">): Promise<void> {
  await files.replace(path, `${canonicalJson({ ...record, checksum: contentKey({ ...record }) })}\n`);
}

/** The record in a file without its checksum, or null where there is no such file. @throws CrispError `checksum` if it is damaged */
export async function readRecordFile<T>(
  path: string,
  { fault, advice, onUnsealed }: RecordCheck<T>,
  files: Pick<Files, "readIfThere">,
): Promise<T | null> {
  const bytes = await files.readIfThere(path);
  if (bytes === null) return null;
  const found = parsed(new TextDecoder().decode(bytes), fault as (record: object) => string | null);
  if (typeof found === "string") throw new CrispError("checksum", `${path} is damaged (${found}). ${advice}`);
  if (!found.sealed)
    onUnsealed?.(`${path} has no checksum: an earlier version wrote it, so it was not checked. ${advice}`);
  return found.record as T;
}

/** The record in a text and whether its checksum proves it, or what is wrong; a number such as 1e999 has no key. */
function parsed(
  text: string,
  fault: (record: object) => string | null,
): { readonly record: object; readonly sealed: boolean } | string {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null) return "it holds no record";
    const { checksum, ...record } = found as { readonly checksum?: unknown };
    const sealed = "checksum" in found;
    if (sealed && checksum !== contentKey(record)) return "it does not match its own checksum";
    return fault(record) ?? { record, sealed };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
