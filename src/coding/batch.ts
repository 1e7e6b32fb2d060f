/**
 * Between one image and a batch: a solver of single images as a `Coder`, and a
 * coder's batches as single images again.
 */
import { CrispError } from "../core/errors.js";
import { count, slice, type Tensor, tensor } from "../core/tensor.js";
import type { Coder, Coding, CodingRule } from "./engine.js";
import type { ImageCoder } from "./path.js";

/** What a path is coded by: λ's in strictly falling order, and the rule. */
export type PathTask = { readonly lambdas: readonly number[]; readonly rule: CodingRule };

/**
 * A coder that codes a batch image by image. One image is coded lazily, λ by λ; of several
 * each is coded to the end first, since a solver holds the state of one image.
 */
export function oneByOne(coder: ImageCoder): Coder {
  async function* codings(paths: readonly Generator<Coding>[]): AsyncGenerator<readonly Coding[]> {
    if (paths.length === 1) for (const coding of paths[0]) yield [coding];
    if (paths.length < 2) return;
    const coded = paths.map((path) => [...path]);
    for (let l = 0; l < coded[0].length; l++) yield coded.map((path) => path[l]);
  }
  return {
    dictionary: coder.dictionary,
    batch: 1,
    path(images, lambdas, rule) {
      const [length] = checkBatch(images);
      const paths = Array.from({ length }, (_, i) =>
        coder.path(slice(images, i), lambdas, weighted(rule, images, [i, i + 1])),
      );
      return codings(paths);
    },
  };
}

/** The codings of each image, in order: the λ's of one image together. Feeds the coder batches of its own size. */
export async function* eachImage(
  coder: Coder,
  images: Tensor,
  { lambdas, rule }: PathTask,
): AsyncGenerator<readonly Coding[]> {
  const [length] = checkBatch(images);
  const size = count(images.shape.slice(1));
  for (let from = 0; from < length; from += coder.batch) {
    const to = Math.min(length, from + coder.batch);
    const part = tensor([to - from, ...images.shape.slice(1)], images.data.subarray(from * size, to * size));
    const codings: Coding[][] = Array.from({ length: to - from }, () => []);
    for await (const atLambda of coder.path(part, lambdas, weighted(rule, images, [from, to]))) {
      atLambda.forEach((coding, i) => {
        codings[i].push(coding);
      });
    }
    yield* codings;
  }
}

/** The codings of one image [height, width, channels], λ by λ. */
export async function* imagePath(
  coder: Coder,
  image: Float32Array,
  { lambdas, rule }: PathTask,
): AsyncGenerator<Coding> {
  const { height, width, channels } = coder.dictionary.geometry;
  const images = { shape: [1, height, width, channels], data: image };
  for await (const [coding] of coder.path(images, lambdas, rule)) yield coding;
}

/** All codings of one image, in the order of the λ's. */
export async function codingsOf(coder: Coder, image: Float32Array, task: PathTask): Promise<Coding[]> {
  const codings: Coding[] = [];
  for await (const coding of imagePath(coder, image, task)) codings.push(coding);
  return codings;
}

/** The shape of a batch. @throws CrispError `shape` unless it is [batch, height, width, channels] */
function checkBatch({ shape, data }: Tensor): readonly number[] {
  if (shape.length === 4 && data.length === count(shape)) return shape;
  throw new CrispError(
    "shape",
    `images have shape [${shape}] and ${data.length} values; a batch is [batch, height, width, channels]. Put one image into a batch of 1.`,
  );
}

/** The rule for the images from … to − 1 of a batch: with their part of the weights, where each image has its own. */
function weighted(rule: CodingRule, images: Tensor, [from, to]: readonly [number, number]): CodingRule {
  const { weights } = rule;
  if (!weights || weights.length !== images.data.length) return rule;
  const size = count(images.shape.slice(1));
  return { ...rule, weights: weights.subarray(from * size, to * size) };
}
