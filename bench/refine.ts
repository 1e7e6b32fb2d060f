// How long does the float64 finish take after wasm, per λ? Images and atoms: test/fixtures/openpv, or DICTIONARY=FILE.safetensors.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { networkOf } from "../src/coding/operator.js";
import { refine } from "../src/coding/refine.js";
import { posterGeometry } from "../src/core/geometry.js";
import { slice, type Tensor, tensor } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { decodePvp } from "../src/formats/pvp.js";
import { decodeSafetensors } from "../src/formats/safetensors.js";

const root = process.cwd(); // bench/run.mjs starts it in the root
const bytes = (path: string) => new Uint8Array(readFileSync(resolve(root, path)));
const images = decodePvp(bytes("test/fixtures/openpv/images.pvp"), "images");
if (images.kind !== "dense") throw new Error("no images");
const atoms = atomsOf(process.env.DICTIONARY);
const dictionary = { geometry: posterGeometry(atoms.shape[0]), atoms };
const coder = openWasm(new WebAssembly.Module(bytes("dist/kernel.wasm"))).prepare(dictionary);
const net = networkOf(dictionary);

const tolerance = Number(process.env.TOLERANCE ?? 1e-6);

for (const rectified of [true, false]) {
  for (const wasmTolerance of [1e-4, 1e-6]) {
    const threshold = { kind: "soft", rectified } as const;
    const rows: string[] = [];
    for (const lambda of [1, 0.5, 0.25]) {
      let [wasm, finish, rounds, gap] = [0, 0, 0, 0];
      for (let i = 0; i < 4; i++) {
        const image = slice(images.frames, i);
        const begin = performance.now();
        const [coding] = coder.path(image, [lambda], { threshold, tolerance: wasmTolerance });
        const middle = performance.now();
        const fine = refine(net, { image, code: coding.code }, { lambda, rule: { threshold, tolerance } });
        finish += (performance.now() - middle) / 4;
        wasm += (middle - begin) / 4;
        rounds += fine.iterations / 4;
        gap = Math.max(gap, fine.gap);
      }
      rows.push(
        `λ ${lambda}: ${wasm.toFixed(0)} + ${finish.toFixed(0)} ms, ${rounds} rounds, gap ${gap.toExponential(1)}`,
      );
    }
    console.log(
      `F = ${atoms.shape[0]}, ${rectified ? "rectified" : "signed"}, wasm to ${wasmTolerance}: ${rows.join("; ")}`,
    );
  }
}

function atomsOf(path: string | undefined): Tensor {
  if (path !== undefined) {
    const { shape, data } = decodeSafetensors(bytes(path), path).tensors.atoms;
    return tensor(shape, Float32Array.from(data));
  }
  const weights = decodePvp(bytes("test/fixtures/openpv/weights.pvp"), "weights");
  if (weights.kind !== "weights") throw new Error("no weights");
  return weights.atoms;
}
