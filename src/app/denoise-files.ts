/**
 * Which files `crisp denoise` reads and writes, settled before anything is
 * computed: a picture and its PNG, or a folder and a folder of PNGs with the
 * same names. No input is ever written over, and what an earlier call wrote
 * beside its inputs is not taken for input.
 */
import { CrispError } from "../core/errors.js";
import { greyIfEqual, type Picture, withChannels } from "../formats/picture.js";
import { type DecodedPicture, decodePicture } from "../formats/picture-file.js";
import { encodePng } from "../formats/png.js";
import type { Similarity } from "../tasks/similarity.js";
import { similarity } from "../tasks/similarity.js";
import type { Denoised, Denoiser, Watch } from "./denoise.js";
import type { Paths, Platform } from "./platform.js";

/** One picture's way through: absolute paths. */
export type DenoiseFile = { readonly input: string; readonly output: string; readonly reference: string | null };

/** One picture: what was read, written and measured. */
export type DenoisedFile = DenoiseFile &
  Omit<Denoised, "picture"> & {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3;
    /** Bits of a sample, read and written. */
    readonly depth: 8 | 16;
    /** The input had an alpha below full, which was dropped. */
    readonly transparent: boolean;
    readonly seconds: number;
    readonly before: Similarity | null;
    readonly after: Similarity | null;
  };

export type DenoisePlaces = {
  readonly out: string | null;
  readonly reference: string | null;
  /** Told of pictures of a folder that are passed over because an earlier call wrote them. */
  onSkip?(names: readonly string[]): void;
};

/**
 * The files of a call, in the order of their names.
 *
 * @param out        file for a picture, folder for a folder; null: beside the input, named …-denoised
 * @param reference  clean picture, or folder of clean pictures with the same names
 * @throws CrispError `data` for what is not there, `usage` for outputs that collide with inputs or each other
 */
export async function denoiseFiles(
  input: string,
  { out, reference, onSkip }: DenoisePlaces,
  platform: Platform,
): Promise<readonly DenoiseFile[]> {
  const { paths, kind } = platform.files;
  const from = paths.resolve(input);
  const found = await kind(from);
  if (found === null)
    throw new CrispError("data", `${input} does not exist. Name a picture (PNG, JPEG, PPM, PGM) or a folder of them.`);
  const own = { input: from, output: paths.resolve(out ?? pngName(from, "-denoised", paths)) };
  const files =
    found === "folder"
      ? await folderFiles(from, { out: paths.resolve(out ?? `${from}-denoised`), reference, onSkip }, platform)
      : [{ ...own, reference: reference && paths.resolve(reference) }];
  await check(files, platform);
  return files;
}

async function folderFiles(
  folder: string,
  { out, reference, onSkip }: DenoisePlaces & { readonly out: string },
  { files: { paths }, images }: Platform,
): Promise<DenoiseFile[]> {
  const { join } = paths;
  const names = await images.pictureNames(folder, (all) => {
    const found = all.filter((name) => paths.relative(out, join(folder, name)).startsWith(".."));
    const outputs = found.filter((name) => isOutput(name, found));
    if (outputs.length > 0) onSkip?.(outputs);
    return found.filter((name) => !outputs.includes(name));
  });
  return names.map((name) => ({
    input: join(folder, name),
    output: pngName(join(out, name), "", paths),
    reference: reference && join(paths.resolve(reference), name),
  }));
}

/** Is it NAME-denoised.png beside a picture NAME, or in a folder NAME-denoised beside a folder NAME with pictures? */
function isOutput(name: string, all: readonly string[]): boolean {
  const stem = /^(.*)-denoised\.png$/.exec(name)?.[1];
  if (stem !== undefined && all.some((other) => other.replace(/\.[^.]+$/, "") === stem)) return true;
  const parts = name.split(/[/\\]/);
  return parts.slice(0, -1).some((part, depth) => {
    if (!part.endsWith("-denoised")) return false;
    const source = [...parts.slice(0, depth), part.slice(0, -"-denoised".length)].join("/");
    return all.some((other) => other.replaceAll("\\", "/").startsWith(`${source}/`));
  });
}

async function check(files: readonly DenoiseFile[], { files: { kind } }: Platform): Promise<void> {
  const taken = new Map<string, string>(files.map(({ input }) => [input, input]));
  for (const { input, output, reference } of files) {
    const other = taken.get(output);
    if (other !== undefined) {
      const what = files.some((file) => file.input === output) ? "which is an input" : `as for ${other}`;
      throw new CrispError("usage", `${input} would be written to ${output}, ${what}. Choose another --out.`);
    }
    taken.set(output, input);
    if (!/\.png$/i.test(output)) {
      throw new CrispError("usage", `--out is ${output}; pictures are written as PNG. Let the name end in .png.`);
    }
    if (reference !== null && (await kind(reference)) === null) {
      throw new CrispError(
        "data",
        `${reference} does not exist; it is the clean picture for ${input}. Check --reference.`,
      );
    }
    if (reference === output) {
      throw new CrispError("usage", `${output} is the reference and would be written over. Choose another --out.`);
    }
  }
}

function pngName(path: string, suffix: string, { join, dirname, basename }: Paths): string {
  return join(dirname(path), `${basename(path).replace(/\.[^.]+$/, "")}${suffix}.png`);
}

/** Reads, denoises and writes one picture; its reference is read and compared before the work begins. */
export async function denoiseFile(
  file: DenoiseFile,
  { denoiser, watch }: { readonly denoiser: Denoiser; readonly watch?: Watch },
  { files, now }: Platform,
): Promise<DenoisedFile> {
  const readPicture = async (path: string): Promise<DecodedPicture> => decodePicture(await files.read(path), path);
  const decoded = await readPicture(file.input);
  // Grey stored as colour has one noise in all channels: the colour network would misread it.
  const picture = greyIfEqual(decoded.picture);
  const reference = file.reference === null ? null : (await readPicture(file.reference)).picture;
  const clean = reference && (picture.channels === 1 ? greyIfEqual(reference) : withChannels(reference, 3));
  const before = clean && compared(clean, picture, file);
  const begin = now();
  const { picture: result, ...done } = await denoiser.denoise(picture, watch);
  const seconds = now() - begin;
  await files.replace(file.output, encodePng(result));
  const { height, width, channels } = picture;
  const after = clean && similarity(clean, result);
  const depth = picture.deep ? 16 : 8;
  return { ...file, height, width, channels, depth, transparent: decoded.transparent, ...done, seconds, before, after };
}

function compared(clean: Picture, picture: Picture, { input, reference }: DenoiseFile): Similarity {
  try {
    return similarity(clean, picture);
  } catch (error) {
    if (!(error instanceof CrispError)) throw error;
    throw new CrispError(error.code, `${reference} and ${input}: ${error.message}`, { cause: error });
  }
}
