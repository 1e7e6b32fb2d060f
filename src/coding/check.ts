/** What may enter a coder: every input is checked once, here, before any engine sees it. */
import { CrispError } from "../core/errors.js";
import { atomLength, type Geometry, imageLength } from "../core/geometry.js";
import type { Dictionary } from "./dictionary.js";
import type { CodingRule, Threshold } from "./engine.js";
import { transferOf } from "./threshold.js";

/** Throws `shape` if the atoms do not fit the geometry, `data` if one is not finite. */
export function checkDictionary(dictionary: Dictionary): void {
  const { geometry: g, atoms } = dictionary;
  const expected = [g.features, g.patch[0], g.patch[1], g.channels];
  if (atoms.shape.join() !== expected.join() || atoms.data.length !== g.features * atomLength(g)) {
    throw new CrispError(
      "shape",
      `atoms have shape [${atoms.shape}] and ${atoms.data.length} values; the geometry needs [${expected}]. Use the geometry the dictionary was trained with.`,
    );
  }
  const bad = atoms.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const feature = Math.floor(bad / atomLength(g));
    throw new CrispError(
      "data",
      `atom ${feature} holds ${atoms.data[bad]}; atoms must be finite numbers. Train or load the dictionary again.`,
    );
  }
}

/** Throws `shape` for an image of another size, `data` for a pixel that is not finite. */
export function checkImage(g: Geometry, image: Float32Array): void {
  if (image.length !== imageLength(g)) {
    throw new CrispError(
      "shape",
      `the image has ${image.length} values; a ${g.height}×${g.width}×${g.channels} image has ${imageLength(g)}. Give images of that size or another geometry.`,
    );
  }
  const bad = image.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CrispError(
      "data",
      `pixel value ${bad} of the image is ${image[bad]}; pixels must be finite numbers. Repair or drop the image.`,
    );
  }
}

/** Throws `usage` unless every lambda is > 0 and the list falls strictly. */
export function checkLambdas(lambdas: readonly number[]): void {
  lambdas.forEach((lambda, i) => {
    if (!(lambda > 0 && Number.isFinite(lambda))) {
      throw new CrispError(
        "usage",
        `lambdas[${i}] is ${lambda}; lambda must be a finite number > 0. Remove it or write 0.1.`,
      );
    }
    if (i > 0 && !(lambda < lambdas[i - 1])) {
      throw new CrispError(
        "usage",
        `lambdas[${i}] is ${lambda} after ${lambdas[i - 1]}; a path falls strictly. Sort the lambdas from the largest down, each once.`,
      );
    }
  });
}

/** Throws `shape` for weights of another size than the image, `data` for one that is negative or not finite. */
export function checkWeights(g: Geometry, weights: Float32Array | undefined): void {
  if (weights === undefined) return;
  if (weights.length !== imageLength(g)) {
    throw new CrispError(
      "shape",
      `there are ${weights.length} weights; a ${g.height}×${g.width}×${g.channels} image needs ${imageLength(g)}, one per pixel value. Give weights [height, width, channels].`,
    );
  }
  const bad = weights.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (bad >= 0) {
    throw new CrispError(
      "data",
      `weight ${bad} is ${weights[bad]}; weights must be finite numbers ≥ 0. Write 0 to hide a pixel.`,
    );
  }
}

/** Throws `usage` for a threshold of none of the `kinds`, or a tolerance or limit no solver can honour. */
export function checkRule(rule: CodingRule, kinds: readonly Threshold["kind"][] = ["soft"]): void {
  const kind = rule.threshold.kind;
  transferOf(rule.threshold, 1);
  if (!kinds.includes(kind)) {
    throw new CrispError(
      "usage",
      `this solver has no threshold ${kind}; allowed is ${kinds.join(", ")}. Write soft, or code by the LCA, which takes every threshold.`,
    );
  }
  if (!(rule.tolerance > 0 && rule.tolerance < 1)) {
    throw new CrispError("usage", `tolerance is ${rule.tolerance}; it must lie between 0 and 1. Write 0.01.`);
  }
  const limit = rule.maxIterations;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    throw new CrispError(
      "usage",
      `maxIterations is ${limit}; it must be a whole number of at least 1. Leave it out or write 1000.`,
    );
  }
}
