/**
 * Images to code, from where the user has them: .npy or .npz, PetaVision's
 * dense .pvp, a picture, a folder of pictures, or the test images of CIFAR-10.
 * Arrays are coded as they are unless `normalize` asks otherwise; pictures and
 * CIFAR-10 always have mean 0 and deviation 1. Pictures are decoded one at a
 * time, when their turn comes, and an .npy is read image by image.
 */
import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { CrispError } from "../core/errors.js";
import { slice, type Tensor } from "../core/tensor.js";
import { demandFinite, type Layout, placeIn } from "../formats/arrays.js";
import { withChannels } from "../formats/picture.js";
import { decodePicture } from "../formats/picture-file.js";
import { readPictureHeader } from "../formats/picture-header.js";
import { decodePvp } from "../formats/pvp.js";
import { normalise } from "../images/normalise.js";
import { imageAt, imagesShape } from "./array-images.js";
import { openImages } from "./data.js";
import { readBytes } from "./files.js";
import { type ItemFile, withItems } from "./item-file.js";
import { picturePaths } from "./picture-folder.js";

/** Height, width and channels of one image. */
export type ImageSize = { readonly height: number; readonly width: number; readonly channels: number };

/** Images to code, read one at a time. */
export type ImageSource = {
  /** One an image. */
  readonly sizes: readonly ImageSize[];
  /** File of each image, for pictures; null for arrays. */
  readonly names: readonly string[] | null;
  readonly warnings: readonly string[];
  /** [height, width, channels], ready to be coded; where it is normalised, over the pixels with w > 0. */
  image(index: number, weights?: Float32Array): Promise<Float32Array>;
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
  readonly normalize: boolean;
  /** At most this many, from the first. */
  readonly count?: number;
  /** Channels of the dictionary: grey pictures are given as many. */
  readonly channels: number;
};

/** @throws CrispError `data` for what cannot be read as images, `usage` for a name of no known kind */
export async function openImageSource(request: ImageRequest): Promise<ImageSource> {
  const { images } = request;
  if (images === "cifar10") return cifarSource(request);
  const kind = /\.(npy|npz|pvp)$/i.exec(images)?.[1].toLowerCase();
  if (kind === "pvp") return tensorSource(decodeFrames(await readBytes(images), images), request);
  if (kind !== undefined) return arraySource(request);
  const found = await stat(images).catch((cause) => {
    throw new CrispError(
      "usage",
      `there is no ${images}; images are an .npy, .npz or .pvp file, a picture, a folder of pictures, or cifar10. Check the path.`,
      { cause },
    );
  });
  if (!found.isDirectory()) return pictureSource([images], [images], request);
  const paths = await picturePaths(images);
  return pictureSource(
    paths,
    paths.map((path) => relative(images, path)),
    request,
  );
}

/** Frames [n, height, width, channels] of a dense .pvp file. */
function decodeFrames(bytes: Uint8Array, path: string): Tensor {
  const file = decodePvp(bytes, path);
  if (file.kind !== "dense")
    throw new CrispError(
      "data",
      `${path} holds ${file.kind}; images are a dense file (file type 4). Give another file.`,
    );
  demandFinite(file.frames.data, path, placeIn(file.frames.shape, "nhwc"));
  return file.frames;
}

function tensorSource(images: Tensor, { normalize, count: most }: ImageRequest): ImageSource {
  const [n, height, width, channels] = images.shape;
  return {
    sizes: equalSizes(Math.min(n, most ?? n), { height, width, channels }),
    names: null,
    warnings: [],
    image: async (index, weights) => (normalize ? normalise(slice(images, index), weights) : slice(images, index)),
  };
}

/** An .npy is read one image at a time, so a file larger than memory can be coded. */
function arraySource(request: ImageRequest): Promise<ImageSource> {
  return withItems(request.images, "images", (file) => sourceOf(file, request));
}

function sourceOf(file: ItemFile, { images: path, layout, normalize, count: most }: ImageRequest): ImageSource {
  const [n, height, width, channels] = imagesShape(file, path, layout);
  return {
    sizes: equalSizes(Math.min(n, most ?? n), { height, width, channels }),
    names: null,
    warnings: [],
    async image(index, weights) {
      const values = imageAt(file, index, { path, layout });
      return normalize ? normalise(values, weights) : Float32Array.from(values);
    },
    close: file.close,
  };
}

function equalSizes(count: number, size: ImageSize): readonly ImageSize[] {
  return Array.from({ length: count }, () => size);
}

async function pictureSource(
  paths: readonly string[],
  names: readonly string[],
  request: ImageRequest,
): Promise<ImageSource> {
  const most = request.count ?? paths.length;
  const channels = request.channels;
  const sizes: ImageSize[] = [];
  for (const path of paths.slice(0, most)) {
    const header = readPictureHeader(await readBytes(path), path);
    if (header.channels !== channels && !(header.channels === 1 && channels === 3)) {
      throw new CrispError(
        "shape",
        `${path} has ${header.channels} channels, the atoms ${channels}; they must agree (grey pictures serve for colour atoms). Give other pictures or another dictionary.`,
      );
    }
    sizes.push({ height: header.height, width: header.width, channels });
  }
  return {
    sizes,
    names: names.slice(0, most),
    warnings: [],
    async image(index, weights) {
      const { picture } = decodePicture(await readBytes(paths[index]), paths[index]);
      return normalise(withChannels(picture, channels === 1 ? 1 : 3).bytes, weights);
    },
  };
}

/** Test images of CIFAR-10, all 10,000 or the first. */
async function cifarSource({ from, count: most = 10_000 }: ImageRequest): Promise<ImageSource> {
  const set = await openImages({ data: "cifar10", from, trainingImages: 0, testImages: most });
  const { height, width, channels, test, warnings } = set;
  return {
    sizes: equalSizes(test.count, { height, width, channels }),
    names: null,
    warnings,
    image: async (index, weights) => normalise(test.values(index), weights),
  };
}
