/** Codes from and to files on this machine; what they look like stands in coding/code-file.ts. */
import { decodeCodes, encodeCodes } from "../coding/code-file.js";
import type { CodeSet } from "../coding/codes.js";
import { readBytes, replaceFile } from "./files.js";

/** Writes codes in the format of the path's ending. */
export async function writeCodes(path: string, set: CodeSet, options: { dense?: boolean } = {}): Promise<void> {
  await replaceFile(path, encodeCodes(path, set, options));
}

/** The codes of a file. @throws CrispError `data` for a damaged file or one that holds no codes */
export async function readCodes(path: string): Promise<CodeSet> {
  return decodeCodes(await readBytes(path), path);
}
