/** A record of a study as one JSON file, read back and checked: what must hold of every one is here. */
import { CrispError } from "../core/errors.js";
import type { Files } from "./platform.js";

/** How a record is judged, and what to do with one that is damaged. */
export type RecordCheck<T> = {
  /** What is wrong with it, "it holds no record of version 1"; null where nothing is. */
  fault(record: Partial<T>): string | null;
  /** "Run … to make it again." */
  readonly advice: string;
};

/** The record in a file, or null where there is no such file. @throws CrispError `checksum` if it is damaged */
export async function readRecordFile<T>(
  path: string,
  { fault, advice }: RecordCheck<T>,
  files: Pick<Files, "readIfThere">,
): Promise<T | null> {
  const bytes = await files.readIfThere(path);
  if (bytes === null) return null;
  const record = parsed(new TextDecoder().decode(bytes));
  const wrong = record instanceof Error ? record.message : fault(record as Partial<T>);
  if (wrong === null) return record as T;
  throw new CrispError("checksum", `${path} is damaged (${wrong}). ${advice}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? new Error("it holds no record");
  } catch (error) {
    return error;
  }
}
