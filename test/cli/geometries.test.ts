// crisp encode over networks of many shapes: boundaries, odd and rectangular patches, strides, lines, many channels.
// The energies of the built command against those of the readable float64 loops.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import { boundaryNames, type Extent, type Geometry } from "../../src/core/geometry.js";
import { type Draws, draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodePng } from "../../src/formats/png.js";
import { normalise } from "../../src/images/normalise.js";
import { gaussianDictionary, gaussianImage, rule } from "../coding/networks.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const lambdas = [1.5, 0.5];
/** Relative: both are within 1e-6 of the least energy. */
const precision = 2e-6;

function pick<T>(draw: Draws, from: readonly T[]): T {
  return from[draw.whole(from.length)];
}

/** A network drawn by its number; every boundary in turn. */
function network(number: number): Geometry {
  const draw = draws({ seed: 5, purpose: purpose.test }, number);
  const boundary = boundaryNames[number % 4];
  const stride: Extent = [pick(draw, [1, 2, 4, 8]), pick(draw, [1, 2, 4, 8])];
  const patch: Extent = [1 + draw.whole(9), 1 + draw.whole(9)];
  // Circular: the stride divides the image. Elsewhere any size that holds a patch.
  const length = (axis: 0 | 1) =>
    boundary === "circular"
      ? stride[axis] * Math.ceil((patch[axis] + draw.whole(6)) / stride[axis])
      : patch[axis] + draw.whole(12);
  const [height, width] = [length(0), length(1)];
  const channels = 1 + draw.whole(5);
  return { height, width, channels, patch, stride, boundary, features: 3 + draw.whole(6) };
}

/** 1-D signals of 4 channels, height 1. */
const lines = boundaryNames.map(
  (boundary): Geometry => ({
    ...{ height: 1, width: 40, channels: 4, patch: [1, 7], stride: [1, 2], boundary, features: 6 },
  }),
);

const name = ({ height, width, channels, patch, stride, boundary }: Geometry) =>
  `${boundary}, ${height}×${width}×${channels}, patch ${patch.join("×")}, stride ${stride.join("×")}`;

async function energies(images: string, { geometry: g, atoms }: Dictionary): Promise<number[]> {
  writeFileSync(join(cwd, "d.npy"), encodeNpy(atoms));
  const words = ["--dictionary", "d.npy", "--stride", g.stride.join(","), "--boundary", g.boundary];
  const call = ["encode", images, ...words, "--lambda", lambdas.join(","), "--tolerance", "1e-6", "--workers", "1"];
  const { status, stdout, stderr } = await crisp([...call, "--json"], { cwd });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  return JSON.parse(stdout).images[0].lambdas.map(({ energy }: { energy: number }) => energy);
}

function least(dictionary: Dictionary, image: Float32Array): number[] {
  const coder = coordinateCoder(dictionary);
  return Array.from(coder.path(image, lambdas, rule(1e-6)), ({ energy, converged }) => {
    expect(converged).toBe(true);
    return energy;
  });
}

function demandEqual(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, energy] of expected.entries()) expect(Math.abs(found[i] / energy - 1)).toBeLessThan(precision);
}

const cases = [...Array.from({ length: 8 }, (_, i) => network(i)), ...lines].map((g) => [name(g), g] as const);

it.each(cases)(
  "%s",
  async (_, geometry) => {
    const image = gaussianImage(geometry);
    const shape = [1, geometry.height, geometry.width, geometry.channels];
    writeFileSync(join(cwd, "i.npy"), encodeNpy(tensor(shape, image)));
    const dictionary = gaussianDictionary(geometry);
    demandEqual(await energies("i.npy", dictionary), least(dictionary, image));
  },
  20_000,
);

it("a picture with every boundary", async () => {
  const bytes = Uint8Array.from({ length: 12 * 16 * 3 }, (_, i) => (i * i * 7) % 256);
  writeFileSync(join(cwd, "p.png"), encodePng({ height: 12, width: 16, channels: 3, bytes }));
  for (const boundary of ["circular", "full", "valid"] as const) {
    const geometry = { height: 12, width: 16, channels: 3, patch: [5, 4], stride: [2, 4], features: 5 } as const;
    const dictionary = gaussianDictionary({ ...geometry, boundary });
    demandEqual(await energies("p.png", dictionary), least(dictionary, normalise(bytes)));
  }
});
