/**
 * From anything thrown to what the user reads and the exit status. Errors of
 * the system (full disk, no permission) get the same four parts as our own.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CommanderError } from "commander";
import { CrispError, exitCode } from "../core/errors.js";
import { targetOf } from "../node/files.js";
import { Interrupted } from "./interrupt.js";

export type Ending = { readonly message: string | null; readonly status: number };

/** Exit status of an interrupted command, as shells have it: 128 + SIGINT. */
const interruptedStatus = 130;

export function endingOf(error: unknown): Ending {
  if (error instanceof Interrupted) {
    return { message: `${error.message} Go on with:\n  ${error.resume}`, status: interruptedStatus };
  }
  if (error instanceof CommanderError) return { message: null, status: error.exitCode === 0 ? 0 : 2 };
  const known = error instanceof CrispError ? error : crispErrorOf(error);
  if (known) return { message: `error: ${known.message}`, status: exitCode(known) };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `error: this is a fault of crisp, not of your input. Please report it with:\n${stack}`, status: 1 };
}

/** Errors of the operating system that a user can mend, in our words; undefined for others. */
function crispErrorOf(error: unknown): CrispError | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const where = path ?? "a file";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new CrispError(
        "incomplete",
        `${where} could not be written: the disk is full. What was finished is kept. Free some space and run the same command again.`,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return refused(where, code);
    case "ENOTDIR":
      return new CrispError("store", `${where} lies below something that is not a folder. Choose another path.`);
    case "ENOENT":
      return new CrispError("usage", `${where} does not exist. Check the path.`);
    default:
      return undefined;
  }
}

/** No permission: a study's commands write into its folder and have no other place for it. */
function refused(where: string, code: string): CrispError {
  const target = targetOf(where);
  const path = target ?? where;
  const study = target === null ? null : studyAround(dirname(path));
  if (study !== null)
    return new CrispError(
      "store",
      `the folder of the study ${study} cannot be written (${code} at ${basename(path)}); this command writes there. Copy the study to a folder of your own and name that.`,
    );
  const what = target === null ? "may not be written or read" : "cannot be written";
  return new CrispError(
    "store",
    `${path} ${what} (${code}); its permissions must allow it. Choose another --out or path.`,
  );
}

/** The folder of the study that a folder is or lies in, by its manifest. */
function studyAround(folder: string): string | null {
  if (existsSync(join(folder, "manifest.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? null : studyAround(parent);
}
