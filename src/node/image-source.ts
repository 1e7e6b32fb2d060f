/**
 * Images to code, from where the user has them: .npy or .npz, PetaVision's
 * dense .pvp, a picture, a folder of pictures, or the test images of CIFAR-10.
 * Arrays are coded as they are unless `normalize` asks otherwise; pictures and
 * CIFAR-10 always have mean 0 and deviation 1. Pictures are decoded one at a
 * time, when their turn comes.
 */
import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { decodePvp } from "../coding/pvp.js";
import { CrispError } from "../core/errors.js";
import { count, slice, type Tensor, tensor } from "../core/tensor.js";
import { normalise, normalised } from "../images/normalise.js";
import { withChannels } from "../images/picture.js";
import { readPictureHeader } from "../images/picture-header.js";
import { channelsLast, decodeArray, finiteFloats, imageShape, type Layout } from "./array-files.js";
import { openImages } from "./data.js";
import { readBytes } from "./files.js";
import { decodePicture } from "./picture-files.js";
import { picturePaths } from "./picture-folder.js";

export type ImageSize = { readonly height: number; readonly width: number; readonly channels: number };

export type ImageSource = {
  /** One an image. */
  readonly sizes: readonly ImageSize[];
  /** File of each image, for pictures; null for arrays. */
  readonly names: readonly string[] | null;
  readonly warnings: readonly string[];
  /** [height, width, channels], ready to be coded. */
  image(index: number): Promise<Float32Array>;
};

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
  if (kind !== undefined) return arraySource(decodeImages(await readBytes(images), request), request);
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

/** Images [n, height, width, channels] from the bytes of an .npy, .npz or dense .pvp file. */
export function decodeImages(
  bytes: Uint8Array,
  { images: path, layout }: Pick<ImageRequest, "images" | "layout">,
): Tensor {
  if (/\.pvp$/i.test(path)) {
    const file = decodePvp(bytes, path);
    if (file.kind !== "dense")
      throw new CrispError(
        "data",
        `${path} holds ${file.kind}; images are a dense file (file type 4). Give another file.`,
      );
    finiteFloats(file.frames.data, path, placeIn(file.frames.shape, "nhwc"));
    return file.frames;
  }
  const array = decodeArray(bytes, path, "images");
  const axes =
    layout === "nchw"
      ? "[n, channels, height, width] or [n, height, width]"
      : "[n, height, width, channels] or [n, height, width]";
  const shape = imageShape(array.shape, layout, { name: path, axes });
  const values = finiteFloats(array.data, path, placeIn(array.shape, layout));
  return tensor(shape, layout === "nchw" && array.shape.length === 4 ? channelsLast(values, array.shape) : values);
}

/** "image 2, row 0, column 3, channel 1" of the i-th value. */
function placeIn(shape: readonly number[], layout: Layout): (index: number) => string {
  const names =
    shape.length === 3
      ? ["image", "row", "column"]
      : layout === "nchw"
        ? ["image", "channel", "row", "column"]
        : ["image", "row", "column", "channel"];
  return (index) =>
    names.map((name, axis) => `${name} ${Math.floor(index / count(shape.slice(axis + 1))) % shape[axis]}`).join(", ");
}

function arraySource(images: Tensor, { normalize, count: most }: ImageRequest): ImageSource {
  const [n, height, width, channels] = images.shape;
  const sizes = Array.from({ length: Math.min(n, most ?? n) }, () => ({ height, width, channels }));
  return {
    sizes,
    names: null,
    warnings: [],
    image: async (index) => (normalize ? normalise(slice(images, index)) : slice(images, index)),
  };
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
    async image(index) {
      const { picture } = decodePicture(await readBytes(paths[index]), paths[index]);
      return normalise(withChannels(picture, channels === 1 ? 1 : 3).bytes);
    },
  };
}

/** Test images of CIFAR-10, all 10,000 or the first. */
async function cifarSource({ from, count: most = 10_000 }: ImageRequest): Promise<ImageSource> {
  const set = await openImages({ data: "cifar10", from, trainingImages: 0, testImages: most });
  const { height, width, channels, test, warnings } = set;
  const sizes = Array.from({ length: test.count }, () => ({ height, width, channels }));
  return { sizes, names: null, warnings, image: async (index) => normalised(test, index) };
}
