/**
 * The files of a study's folder. Inside it nothing behind a link is read, written or removed; what is
 * neither a file nor a folder is not opened (a FIFO would block for ever); and a folder that is moved or
 * removed is not made again at its old place. The folder itself and those above it may be links.
 * Every component below the folder is looked at before each call, synchronously: no turn of the thread
 * pool lies between the looks.
 */
import { lstatSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { type Files, folderGone } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { errorCode, replaceFile, writeFirst } from "./files.js";

/** `files`, of which those inside `folder` may be used. @throws CrispError `store`, each call, for what is said above */
export function studyFiles(folder: string, files: Files): Files {
  const root = path.resolve(folder);
  let known: string | null = null;
  function look(name: string): "file" | "folder" | null {
    const now = identity(root);
    known ??= now;
    return now === null ? null : kindInside(root, path.resolve(name));
  }
  function hasFile(name: string): boolean {
    const kind = look(name);
    if (kind === "folder") throw refused(name, "a folder");
    return kind === "file";
  }
  function demandRoot(): void {
    known ??= identity(root);
    if (known === null || identity(root) !== known) throw folderGone(root);
  }
  async function writing<T>(name: string, write: () => Promise<T>): Promise<T> {
    demandRoot();
    hasFile(name);
    try {
      return await write();
    } catch (error) {
      demandRoot(); // Says more than that some file is not there.
      throw error;
    }
  }
  return {
    ...files,
    async read(name) {
      hasFile(name);
      return files.read(name);
    },
    readIfThere: async (name) => (hasFile(name) ? files.readIfThere(name) : null),
    async open(name) {
      hasFile(name);
      return files.open(name);
    },
    kind: async (name) => look(name),
    stamp: async (name) => (look(name) === null ? null : files.stamp(name)),
    async list(name) {
      look(name);
      return files.list(name);
    },
    writeFirst: (name, content) => writing(name, () => writeFirst(name, content, root)),
    replace: (name, content) => writing(name, () => replaceFile(name, content, root)),
    grow: (name) => writing(name, () => files.grow(name)),
    append: (name, text) => writing(name, () => files.append(name, text)),
    async remove(name) {
      if (hasFile(name)) await files.remove(name);
    },
  };
}

/** What lies at a path inside the folder, no link followed; null where nothing does. */
function kindInside(root: string, name: string): "file" | "folder" | null {
  const parts = path.relative(root, name).split(path.sep).filter(Boolean);
  let at = root;
  for (const [i, part] of parts.entries()) {
    at = path.join(at, part);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (found.isDirectory()) continue;
    if (found.isFile() && i === parts.length - 1) return "file";
    throw refused(at, wordOf(found));
  }
  return "folder";
}

/** Tells one folder from another at the same path; null where there is none. */
function identity(folder: string): string | null {
  try {
    const found = statSync(folder);
    return found.isDirectory() ? `${found.dev}:${found.ino}` : null;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  }
}

function wordOf(found: Stats): string {
  if (found.isFile()) return "a file where a folder belongs";
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isFIFO()) return "a named pipe";
  return found.isSocket() ? "a socket" : "a device";
}

function refused(name: string, found: string): CrispError {
  return new CrispError(
    "store",
    `${name} is ${found}; a study's folder holds only regular files, in folders of its own. Remove it, or put the file that belongs there in its place.`,
  );
}
