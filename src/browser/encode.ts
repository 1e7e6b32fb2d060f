/** Codes images as `crisp encode` does: one task after the other, a pause between images. */
import type { CodingRule } from "../coding/engine.js";
import type { Solver } from "../coding/solver.js";
import { CrispError } from "../core/errors.js";
import type { Boundary, Extent, Geometry } from "../core/geometry.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import { normalise } from "../images/normalise.js";
import { type Encoded, encode } from "../tasks/encode.js";
import type { Desk } from "./desk.js";

/** How images are coded, everything filled in. */
export type EncodeInput = {
  /** [n, height, width, channels] */
  readonly images: Tensor;
  /** [features, rows, columns, channels] */
  readonly atoms: Tensor;
  readonly lambdas: readonly number[];
  readonly stride: Extent;
  readonly boundary: Boundary;
  readonly rule: CodingRule;
  readonly solver?: Solver;
  readonly noise?: { readonly sigma: number; readonly seed: number };
  readonly normalise: boolean;
};

/** One image after the other, its codings in the order in which the λ's were given. */
export type EncodeAnswer = {
  readonly geometry: Geometry;
  readonly images: readonly (readonly Omit<Encoded, "steps">[])[];
};

/** @throws CrispError `shape`, `data` or `usage` for input that no network codes */
export async function encodeImages(desk: Desk<never>, input: EncodeInput): Promise<EncodeAnswer> {
  const { images, lambdas, rule, solver, noise } = input;
  const geometry = geometryOf(input);
  const held = desk.held({ geometry, atoms: input.atoms });
  const falling = [...lambdas].sort((a, b) => b - a);
  const found: (readonly Encoded[])[] = [];
  for (let i = 0; i < images.shape[0]; i++) {
    const values = input.normalise ? normalise(slice(images, i)) : slice(images, i);
    const [codings] = await desk.executor.run(encode, held, {
      batch: { images: tensor([1, ...images.shape.slice(1)], values), indices: [i] },
      noise: noise === undefined || noise.sigma === 0 ? null : { ...noise, stream: 0 },
      lambdas: falling,
      rule,
      ...(solver ? { solver } : {}),
    });
    found.push(lambdas.map((lambda) => codings[falling.indexOf(lambda)]));
  }
  return { geometry, images: found };
}

function geometryOf({ images, atoms, stride, boundary }: EncodeInput): Geometry {
  demandAxes("images", images, "[n, height, width, channels]");
  demandAxes("dictionary", atoms, "[features, rows, columns, channels]");
  const [, height, width, channels] = images.shape;
  const [features, rows, columns, own] = atoms.shape;
  if (own !== channels)
    throw new CrispError(
      "shape",
      `the images have ${channels} channels, the atoms ${own}; they must agree, channels last. Give other images, or another dictionary.`,
    );
  return { height, width, channels, patch: [rows, columns], stride, boundary, features };
}

function demandAxes(name: string, { shape, data }: Tensor, axes: string): void {
  if (shape.length === 4 && data.length === shape.reduce((product, n) => product * n, 1)) return;
  throw new CrispError(
    "shape",
    `${name}: shape [${shape}] and ${data.length} values; it must be ${axes} with as many values. One of them goes in with a first axis of 1.`,
  );
}
