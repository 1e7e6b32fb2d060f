/** The error of a study whose folder was moved or removed while a command worked on it. */
import { CrispError } from "../core/errors.js";

/** The error where a study's folder is gone while it is written. */
export function folderGone(folder: string): CrispError {
  return new CrispError(
    "store",
    `${folder} is no longer the folder that this command began with: it was moved or removed, and is not made again. Run the study's command again with the folder where it is now.`,
  );
}
