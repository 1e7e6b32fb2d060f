/**
 * The ports: what the use cases ask of where they run, as types, and the one error that they share.
 * node/platform.ts answers with this machine's files, threads and clock; a page answers with its own.
 */
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import type { Layout } from "../formats/arrays.js";
import type { DecodedPicture } from "../formats/picture.js";
import type { TableRanges } from "../formats/ranges.js";
import type { Counts, ImageSet } from "../images/image-set.js";
import type { Normalisation } from "../images/normalise.js";
import type { FontFace, Origin } from "../report/input.js";
import type { TableFile } from "../scaling/column-reader.js";
import type { LawChoice } from "../scaling/law-choice.js";
import type { Bundled } from "../study/bundles.js";
import type { Pace } from "../study/cost.js";
import type { DataName } from "../study/settings.js";
import type { Executor } from "../work/executor.js";

/** All that a use case touches outside its own memory. */
export interface Platform {
  readonly files: Files;
  readonly images: Images;
  readonly studies: Studies;
  /** A table of curves. @throws CrispError `data` for a file that is none, with the reason */
  table(path: string): Promise<TableFile>;
  /** Columns, rows and ranges of any table. @throws CrispError `data` for a file that is none, with the reason */
  ranges(path: string): Promise<TableRanges>;
  /** Workers of a call that names no number. */
  readonly cores: number;
  /** Workers, each with engines of its own. */
  openExecutor(workers: number): Promise<Executor>;
  /** A file that comes with the package, such as "denoise.json". @throws CrispError `internal` if it is missing */
  asset(name: string): Promise<Uint8Array>;
  /** The fonts of reports. */
  fonts(): Promise<readonly FontFace[]>;
  /** This machine, this version, today. */
  origin(command: string): Origin;
  /** Versions of the packages that touch files or numbers. */
  packages(): Readonly<Record<string, string>>;
  /** Seconds on a clock that only rises. */
  now(): number;
  /** This moment by the calendar, for what is logged and shown. */
  date(): Date;
  /** Processor seconds of this process so far, all its threads together. */
  processor(): number;
}

/** Files by their paths. Writing creates the folders; a file is there whole or not at all. */
export interface Files {
  readonly paths: Paths;
  /** Where a path leads, through links; of a file that is not there yet, where its folder does. */
  real(path: string): Promise<string>;
  /** @throws CrispError `data` if it cannot be read */
  read(path: string): Promise<Uint8Array>;
  readIfThere(path: string): Promise<Uint8Array | null>;
  /** A file whose bytes are read as they are asked for. @throws CrispError `data` if it cannot be read */
  open(path: string): Promise<OpenFile>;
  /** What lies at a path; null where nothing does. */
  kind(path: string): Promise<"file" | "folder" | null>;
  /** Another text whenever the file was written anew; null where nothing lies. No byte of it is read. */
  stamp(path: string): Promise<string | null>;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** @throws the system's error where nothing may be written in the folder, or where it would be made */
  demandWritable(folder: string): Promise<void>;
  /** Writes unless there is a file of that name. */
  writeFirst(path: string, content: Uint8Array | string): Promise<"written" | "present">;
  replace(path: string, content: Uint8Array | string): Promise<void>;
  /** Appends to a file, in one piece. */
  append(path: string, text: string): Promise<void>;
  grow(path: string): Promise<GrowingFile>;
  /** Takes a file away if it is there. */
  remove(path: string): Promise<void>;
  /** sha256 as hexadecimal digits, by the fastest code there is. */
  sha256(bytes: Uint8Array): Promise<string>;
}

/** How paths are put together here. */
export type Paths = {
  join(...parts: string[]): string;
  resolve(path: string): string;
  relative(from: string, to: string): string;
  basename(path: string): string;
  dirname(path: string): string;
};

/** A file that is read in parts. Nothing stays open between calls. */
export type OpenFile = {
  readonly bytes: number;
  /** Bytes `from` up to, but not including, `to`. */
  part(from: number, to: number): Promise<Uint8Array>;
  /** sha256 of all of it as hexadecimal digits, in pieces. */
  sha256(): Promise<string>;
};

/** A file that grows piece by piece under another name. */
export type GrowingFile = {
  append(content: Uint8Array | string): Promise<void>;
  /** Gives it its name, in place of the file of that name if there is one. */
  finish(): Promise<void>;
  /** Takes it away; nothing happens after `finish`. */
  discard(): Promise<void>;
};

/** Images from where the user has them. */
export interface Images {
  /** The images of a study. @throws CrispError `usage`, `data` or `checksum` for what is not as it should be */
  open(spec: ImageSpec, options?: OpenOptions): Promise<ImageSet>;
  /** Images to code, in the order and size of their file. */
  source(request: ImageRequest): Promise<ImageSource>;
  /** The picture of a file. @throws CrispError `data` that names the file if it cannot be read or decoded */
  picture(path: string): Promise<DecodedPicture>;
  /**
   * Names of the pictures in a folder and below, in order; hidden ones are passed over, and those
   * that `kept` leaves out. @throws CrispError `data` if none is left
   */
  pictureNames(folder: string, kept?: (names: readonly string[]) => readonly string[]): Promise<PictureNames>;
  /** Shape of the array in an .npy or .npz file as it is stored, of which only the header is read; null for other files. */
  shape(path: string): Promise<readonly number[] | null>;
  /** How many images a source holds and of what size, before any is opened. @throws CrispError as `open` for what is not images */
  there(spec: Pick<ImageSpec, "data" | "from" | "size" | "layout"> & { readonly patch: Extent }): Promise<ImagesThere>;
}

/** What lies in a folder of pictures and below, relative to it. */
export type PictureNames = {
  readonly names: readonly string[];
  /** Files that no picture is called as; hidden ones are left out. */
  readonly skipped: readonly string[];
};

/** What a source of images holds: `there` of Images. */
export type ImagesThere = ImageSize & {
  readonly training: number;
  readonly test: number;
  /** Of arrays: the layout named, else the one in which a patch fits into the images. */
  readonly layout: Layout;
};

/** Folders of studies. */
export interface Studies {
  /** Makes the folder if it is not there. @throws where it cannot be written */
  make(folder: string): Promise<void>;
  /**
   * The files of a study's folder: regular ones that no link inside it leads to, and none once it was moved or
   * removed. Each call throws CrispError `store` for others.
   */
  files(folder: string): Files;
  /** Takes the folder for one process at a time; the function returned gives it back. @throws CrispError `busy` naming the holder */
  lock(folder: string): Promise<() => Promise<void>>;
  /** Takes an item for this process; the function returned gives it back. Null while another process works on it. */
  claim(folder: string, id: string): Promise<(() => Promise<void>) | null>;
  /** Whether a living process holds the study or an item of it; of one on another machine, by its last sign of life. */
  isHeld(folder: string): Promise<boolean>;
  /** Paths of what killed processes left half-written, and of their claims. The folder must be locked by this process. */
  strays(folder: string): Promise<readonly string[]>;
  /** Removes what killed processes left half-written, and their claims. */
  removeStrays(folder: string): Promise<void>;
  /** The process that works here, as the log names it. */
  readonly processId: number;
  /** The machine that it works on, as its network calls it: processes of two machines may have one number. */
  readonly host: string;
}

/** How a study is laid on a cluster: what the user chose. */
export type ClusterChoices = {
  readonly partition?: string;
  readonly account?: string;
  /** Time limit of a task, in the batch system's own form. */
  readonly time?: string;
  /** Further options of the batch system, word by word. */
  readonly sbatch: readonly string[];
  /** Minutes of work in a task. */
  readonly bundleMinutes: number;
  /** Tasks that run at once. */
  readonly maxParallel: number;
  /** Worker threads of a task. */
  readonly threads: number;
  /** Folder of a study whose items are taken over. */
  readonly reuse?: string;
  /** The command that began this, for the report. */
  readonly command: string;
  /** The laws that compete in the analysis, where the user said so. */
  readonly laws?: LawChoice;
  /** Number of the last submission before the user's command. */
  readonly since?: number;
  /** How fast the machine is that submitted first. */
  readonly pace?: Pace;
};

/** Jobs of a study that wait or run. */
export type Jobs = {
  readonly waiting: number;
  readonly running: number;
  /** Of those that wait, jobs that no node could begin: they are held until somebody lets them go. Absent where there are none. */
  readonly held?: number;
  /** How many wait for which reason, in the batch system's own words. */
  readonly reasons?: Readonly<Record<string, number>>;
};

/** A batch system, as studies see it. */
export interface Cluster {
  /**
   * A study's jobs, without the one in which this process runs.
   *
   * @param asking  `once` where it is not asked again for a minute when it does not answer
   * @throws CrispError `incomplete` where it does not answer
   */
  jobs(folder: string, asking?: { readonly once?: boolean }): Promise<Jobs>;
  /**
   * Has the bundles done, and after them the next step of the study. Nothing is submitted where a job for the
   * next step is in the queue already: another process took this step.
   *
   * @param number  of the submission, whose files lie in slurm/NUMBER
   * @returns the log of each item that was submitted: not all, where the batch system takes no more jobs
   */
  submit(folder: string, number: number, work: Submitting): Promise<ReadonlyMap<string, string>>;
  /** Lets the held jobs of a study go, to be begun again. */
  release(folder: string): Promise<void>;
  /** Ends a study's jobs. */
  cancel(folder: string): Promise<void>;
}

/** What is submitted, and how. */
export type Submitting = { readonly bundles: Bundled; readonly choices: ClusterChoices };

/** Which images, and how many. */
export type ImageSpec = Counts & {
  readonly data: DataName;
  /** Where the images lie: a folder, an archive of CIFAR-10, or an .npy or .npz file. */
  readonly from?: string;
  /** Height and width of leaves and of crops; CIFAR-10 has its own. Default 32. */
  readonly size?: number;
  /** Seed of the leaves; other sources do not use it. Default 1. */
  readonly seed?: number;
  /** Channels of leaves: 3 (default) or 1. */
  readonly channels?: 1 | 3;
  /** Order of the axes of arrays. Default nhwc. */
  readonly layout?: Layout;
  /** false: arrays are coded as they are. Default true. */
  readonly normalise?: boolean;
  /** Take files of CIFAR-10 whose checksums are not its own. */
  readonly unverified?: boolean;
};

/** How CIFAR-10 may be fetched. */
export type OpenOptions = {
  /** Where the archive is offered, first to last. */
  readonly urls?: readonly string[];
  readonly attempts?: number;
  readonly pauseSeconds?: number;
  /** Told of bytes fetched, and of how many. */
  onProgress?(bytes: number, of: number | undefined): void;
  readonly signal?: AbortSignal;
  /** May CIFAR-10 be fetched if the cache does not hold it? Default true. */
  readonly download?: boolean;
  /** Bytes of crops of a folder that stay in memory; more lie in a file. Default 32 MB. */
  readonly keptBytes?: number;
};

/** Height, width and channels of one image. */
export type ImageSize = { readonly height: number; readonly width: number; readonly channels: number };

/** One image as it is coded, [height, width, channels], and what was taken out of it: mean 0, deviation 1 if nothing was. */
export type CodedImage = { readonly values: Float32Array; readonly taken: Normalisation };

/** Images to code, read one at a time. */
export type ImageSource = {
  /** One per image. */
  readonly sizes: readonly ImageSize[];
  /** File of each image, for pictures; null for arrays. */
  readonly names: readonly string[] | null;
  readonly warnings: readonly string[];
  /** Values are coded as stored, not with mean 0 and deviation 1. */
  readonly raw: boolean;
  /** Ready to be coded; where it is normalised, over the pixels with w > 0. */
  image(index: number, weights?: Float32Array): Promise<CodedImage>;
  /** Closes the file that images are read from; absent where nothing is open. */
  close?(): void;
};

/** Where images to code lie and how they are read. */
export type ImageRequest = {
  /** .npy, .npz, .pvp, a picture, a folder of pictures, or "cifar10". */
  readonly images: string;
  /** Folder or archive of CIFAR-10. */
  readonly from?: string;
  readonly layout: Layout;
  /** Arrays too get mean 0 and deviation 1, image by image. */
  readonly normalise: boolean;
  /** At most this many, from the first. */
  readonly count?: number;
  /** Channels of the dictionary: grey pictures are given as many. */
  readonly channels: number;
};

/** The error where a study's folder is gone while it is written. */
export function folderGone(folder: string): CrispError {
  return new CrispError(
    "store",
    `${folder} is no longer the folder that this command began with: it was moved or removed, and is not made again. Run the study's command again with the folder where it is now.`,
  );
}
