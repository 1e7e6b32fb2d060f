/**
 * The images and the dictionary of a coding, opened together: whose axes nobody
 * named are those in which the two fit each other. Says what was recognised, and
 * what no coding should begin with: one picture of other channels, pixels in units
 * for which λ was not chosen.
 */
import { normsOf } from "../coding/atoms.js";
import { type DictionaryFile, decodeDictionary } from "../coding/dictionary-file.js";
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Layout } from "../formats/arrays.js";
import { type ImageReading, imageReadings, looksLikePicture } from "../formats/arrays.js";
import { openSpread, unitsText } from "../images/spread.js";
import { atomsFit, axesAdvice, eitherText } from "./axes-advice.js";
import type { ImageSize, ImageSource, Platform } from "./platform.js";

/** Images and dictionary of a coding, and how their files are read. */
export type CodingInputs = {
  /** .npy, .npz, .pvp, a picture, a folder of pictures, or "cifar10". */
  readonly images: string;
  /** Folder or archive of CIFAR-10. */
  readonly from?: string;
  /** .safetensors, .npy, .npz or .pvp */
  readonly dictionary: string;
  /** λ's, each once, in any order; coded falling, reported in this order. */
  readonly lambdas: readonly number[];
  /** Axes of arrays of images; left out: those in which they fit the atoms, nhwc first. */
  readonly layout?: Layout;
  /** Axes of dictionaries in arrays; left out: those in which they fit the images, nhwc first. */
  readonly atomsLayout?: Layout;
  /** Give images of arrays mean 0 and deviation 1, as pictures always have. */
  readonly normalise?: boolean;
  readonly normaliseAtoms?: boolean;
  /** At most this many images, from the first. */
  readonly count?: number;
};

/** Dictionary and images, in the axes in which they fit each other where nobody named them. */
export async function openInputs(request: CodingInputs, platform: Platform) {
  const { images, normalise = false, normaliseAtoms, atomsLayout, dictionary } = request;
  const shape = await platform.images.shape(images);
  const readings = shape === null ? null : imageReadings(shape, request.layout);
  const bytes = await platform.files.read(dictionary);
  const decoded = (fits: (atoms: readonly number[]) => boolean) =>
    decodeDictionary(bytes, dictionary, { layout: atomsLayout, normaliseAtoms, fits });
  // The usual reading of the images first, with atoms in either order; pictures are grey or in colour.
  const { reading, file } = (readings && fitting(readings, decoded)) ?? {
    reading: undefined,
    file: decoded((atoms) => readings === null && [1, 3].includes(atoms[3])),
  };
  if (reading === undefined) demandNoPicture(readings ?? [], file.atoms.shape, request);
  const layout = reading?.layout ?? request.layout ?? "nhwc";
  const channels = file.atoms.shape[3];
  const source = await platform.images.source({ ...request, layout, normalise, channels });
  const notes: string[] = [];
  const named = (order: Layout) => decodeDictionary(bytes, dictionary, { layout: order }).atoms;
  if (eitherFits(file, named, { asked: atomsLayout, size: source.sizes[0] })) notes.push(eitherText(dictionary));
  if (file.recognised) notes.push(recognisedText(dictionary, "channels first (nchw)", "--atoms-layout nhwc"));
  if (shape?.length === 3 && reading?.oneImage)
    notes.push(recognisedText(images, `one image of ${reading.size.slice(1).join("×")}`, null));
  else if (reading && reading.layout !== (request.layout ?? "nhwc"))
    notes.push(recognisedText(images, "channels first (nchw)", "--layout nhwc"));
  /** What to do where the atoms have other channels than these images. */
  const advice = (size: ImageSize) =>
    axesAdvice(size, { atoms: (order) => named(order).shape, atomsLayout, shape, layout: request.layout });
  return { file, source, advice, notes: [...notes, ...normsNote(file.atoms, dictionary)] };
}

/** Whether atoms read channels last, unasked, would be others and fit as well channels first. */
function eitherFits(
  { atoms, recognised }: DictionaryFile,
  named: (order: Layout) => Tensor,
  { asked, size }: { asked: Layout | undefined; size: ImageSize },
): boolean {
  const [, rows, , channels] = atoms.shape;
  if (asked !== undefined || recognised !== undefined || rows !== channels) return false;
  const images = [1, size.height, size.width, size.channels];
  const [last, first] = [named("nhwc"), named("nchw")];
  return [last, first].every(({ shape }) => atomsFit(shape, images)) && first.data.some((w, i) => w !== last.data[i]);
}

/** The first reading of the images into which the atoms fit, in one order of their axes or the other. */
function fitting(
  readings: readonly ImageReading[],
  decoded: (fits: (atoms: readonly number[]) => boolean) => DictionaryFile,
) {
  for (const reading of readings) {
    const fits = (atoms: readonly number[]) => atomsFit(atoms, reading.size);
    const file = decoded(fits);
    if (fits(file.atoms.shape)) return { reading, file };
  }
  return null;
}

/** Largest norm, or its inverse, of atoms taken to be of norm 1; learned ones are, to float32. */
const usualNorm = 2;

function normsNote(atoms: Tensor, path: string): readonly string[] {
  const { smallest, largest } = normsOf(atoms);
  if (largest <= usualNorm && smallest >= 1 / usualNorm) return [];
  return [
    `the atoms of ${path} have norms from ${smallest.toPrecision(3)} to ${largest.toPrecision(3)} and are used as stored; λ's are mostly chosen for norm 1. Add --normalise-atoms to scale each to norm 1.`,
  ];
}

function recognisedText(path: string, as: string, otherwise: string | null): string {
  return `${path} is read as ${as}: only so images and atoms fit${otherwise === null ? "" : `. For the other order add ${otherwise}`}.`;
}

/** An array that is one picture, of other channels than the atoms, would be told to be several grey images too narrow. */
function demandNoPicture(
  readings: readonly ImageReading[],
  [, rows, columns, channels]: readonly number[],
  { images, dictionary }: CodingInputs,
): void {
  const several = readings.find(({ oneImage }) => !oneImage);
  const picture = readings.find(looksLikePicture);
  if (!picture || (several && several.size[1] >= rows && several.size[2] >= columns)) return;
  const [, height, width, of] = picture.size;
  const grey = channels === 1 ? ", or give the image in grey, in NumPy by array.mean(axis=-1)" : "";
  throw new CrispError(
    "shape",
    `${images} holds one image of ${height}×${width} with ${of} channels, the atoms of ${dictionary} have ${channels}; they must agree. Give a dictionary of ${of} channels${grey}.`,
  );
}

/** Images looked at for their units. */
const unitImages = 16;
/** λ below this part of the images' deviation was not chosen for it. */
const foreignLambda = 0.05;

/** Pixels that were never normalised, with λ's made for deviation 1: nothing but noise would be left out of the code. */
export async function unitsWarning(source: ImageSource, { images, lambdas }: CodingInputs): Promise<readonly string[]> {
  const spread = openSpread();
  for (let i = 0; i < Math.min(unitImages, source.sizes.length); i++) spread.add((await source.image(i)).values);
  const found = spread.result();
  const units = unitsText(found);
  const most = Math.max(...lambdas);
  if (units === null || most > foreignLambda * found.deviation) return [];
  return [
    `the values of ${images} are ${units}, of deviation ${found.deviation.toPrecision(3)}; λ = ${most} and dictionaries of norm 1 are made for deviation 1. Add --normalise to give each image mean 0 and deviation 1, or multiply λ by ${found.deviation.toPrecision(3)}.`,
  ];
}
