/** PetaVision's own runs for the parity tests, read as far as they need it: float32 frames, feature fastest. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Dictionary } from "../../src/coding/dictionary.js";
import type { Geometry } from "../../src/core/geometry.js";
import { tensor } from "../../src/core/tensor.js";

const geometry: Geometry = {
  height: 32,
  width: 32,
  channels: 3,
  patch: [8, 8],
  stride: [2, 2],
  boundary: "crop",
  features: 64,
};

/** The frames of a dense activity file (file type 4): header of 80 bytes, then time and nx·ny·nf values each. */
export function frames(name: string): Float32Array[] {
  const bytes = readFileSync(path(name));
  const [nx, ny, nf] = [12, 16, 20].map((at) => bytes.readInt32LE(at));
  const size = 8 + 4 * nx * ny * nf;
  return Array.from({ length: (bytes.length - 80) / size }, (_, frame) =>
    Float32Array.from({ length: nx * ny * nf }, (_, i) => bytes.readFloatLE(80 + frame * size + 8 + 4 * i)),
  );
}

/** weights.pvp (file type 5): header of 104 bytes, then 8 bytes and the values of each patch. */
export function weights(): Dictionary {
  const bytes = readFileSync(path("weights.pvp"));
  const data = Float32Array.from({ length: 64 * 192 }, (_, i) =>
    bytes.readFloatLE(104 + Math.floor(i / 192) * (8 + 4 * 192) + 8 + 4 * (i % 192)),
  );
  return { geometry, atoms: tensor([64, 8, 8, 3], data) };
}

/** soft-energy.csv: energies[step − 1][image]. */
export function energies(): number[][] {
  const lines = readFileSync(path("soft-energy.csv"), "utf8").trim().split("\n").slice(1);
  return lines.map((line) => line.split(",").slice(1).map(Number));
}

function path(name: string): string {
  return fileURLToPath(new URL(`../fixtures/openpv/${name}`, import.meta.url));
}
