/** The ports of app/platform.ts on Node: this machine's files, threads, clock and data sets. */

import { access, appendFile, constants, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { availableParallelism, cpus, hostname, release, totalmem } from "node:os";
import path from "node:path";
import type { Files, Images, Platform, Studies } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { formatOf } from "../formats/format.js";
import { dateText } from "../report/numbers.js";
import { imagesThere, openImages } from "./data.js";
import {
  bytesSha256,
  errorCode,
  growFile,
  makeFolder,
  openFile,
  readBytes,
  readHead,
  readSoon,
  removeStrays,
  replaceFile,
  straysIn,
  writeFirst,
} from "./files.js";
import { reportFonts } from "./fonts.js";
import { openImageSource } from "./image-source.js";
import { openItems } from "./item-file.js";
import { builtFile } from "./kernel.js";
import { claimItem, deadClaims, isHeld, lockStudy, removeClaims } from "./lock.js";
import { pictureNames, readPicture } from "./picture-files.js";
import { openPool } from "./pool.js";
import { studyFiles } from "./study-folder.js";
import { readRanges, readTable } from "./table-file.js";
import { dependencyVersions, packageVersion } from "./version.js";

const files: Files = {
  paths: path,
  real,
  read: readBytes,
  readIfThere: (name) => orNull(readSoon(name)),
  kind: (name) => orNull(stat(name).then((found) => (found.isDirectory() ? "folder" : "file"))),
  open: openFile,
  stamp: (name) => orNull(stat(name).then(({ size, mtimeMs, ino }) => [size, mtimeMs, ino].join())),
  list: (folder) => readdir(folder).catch((error) => (errorCode(error) === "ENOENT" ? [] : Promise.reject(error))),
  demandWritable,
  writeFirst,
  replace: replaceFile,
  append: appendFile,
  grow: growFile,
  remove: (name) => rm(name, { force: true }),
  sha256: async (bytes) => bytesSha256(bytes),
};

const images: Images = {
  open: openImages,
  source: openImageSource,
  picture: readPicture,
  pictureNames,
  there: imagesThere,
  async shape(name) {
    const found = await orNull(stat(name));
    const format = found?.isFile() ? formatOf(name, await readHead(name)) : null;
    if (format !== "npy" && format !== "npz") return null;
    const file = await openItems(name, "images");
    file.close();
    return file.shape;
  },
};

const studies: Studies = {
  async make(folder) {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  },
  files: (folder) => studyFiles(folder, files),
  lock: (folder) => lockStudy(folder, studyFiles(folder, files)),
  claim: (folder, id) => claimItem(folder, id, studyFiles(folder, files)),
  isHeld: (folder) => isHeld(folder, studyFiles(folder, files)),
  strays: async (folder) => [...(await straysIn(folder)), ...(await deadClaims(folder, studyFiles(folder, files)))],
  async removeStrays(folder) {
    await removeStrays(folder);
    await removeClaims(folder, studyFiles(folder, files));
  },
  processId: process.pid,
  host: hostname(),
};

/** This machine. */
export const nodePlatform: Platform = {
  files,
  images,
  studies,
  table: (path) => readTable(path),
  ranges: readRanges,
  cores: availableParallelism(),
  openExecutor: openPool,
  asset: (name) =>
    readFile(builtFile(name)).catch((cause) => {
      throw new CrispError("internal", `${builtFile(name)} is missing. Run "npm run build".`, { cause });
    }),
  fonts: reportFonts,
  origin: (command) => ({
    version: packageVersion(),
    machine: machineName(),
    node: process.version,
    command,
    date: dateText(new Date()),
  }),
  packages: dependencyVersions,
  now: () => performance.now() / 1000,
  date: () => new Date(),
  processor() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

/** Processor, cores, memory, system and architecture, as a reader wants them. */
export function machineName(): string {
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${model}, ${counted(cpus().length, "core")}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()} ${process.arch}`;
}

async function real(name: string): Promise<string> {
  const whole = path.resolve(name);
  for (const [folder, rest] of [[whole, ""] as const, [path.dirname(whole), path.basename(whole)] as const]) {
    try {
      return path.join(await realpath(folder), rest);
    } catch {
      // Not there: its folder may be.
    }
  }
  return whole;
}

async function demandWritable(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if (parent !== folder && (await orNull(stat(folder))) === null) return demandWritable(parent);
  await access(folder, constants.W_OK);
}

function orNull<T>(found: Promise<T>): Promise<T | null> {
  return found.catch((error) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  });
}
