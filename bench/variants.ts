/**
 * Do two builds of the kernel differ in speed? node bench/run.mjs variants, with
 * KERNELS=a.wasm,b.wasm: warm clean paths of both in one process, order swapped.
 */
import { readFileSync } from "node:fs";
import { openWasm } from "../src/engine/wasm/engine.js";
import { clean, grid, images, noisy, trained } from "./data.js";
import { compare, heading, show } from "./measure.js";

heading("Builds of the kernel side by side: clean path, cold coding at λ = 1, noisy path to 0.3");
const files = (process.env.KERNELS ?? "dist/kernel.wasm").split(",");
const set = images(100, 6);
const noise = noisy(set);
for (const features of [128, 512]) {
  for (const [task, from, lambdas] of [
    ["path", set, grid],
    ["cold", set, [1]],
    ["noisy", noise, grid.filter((lambda) => lambda > 0.3)],
  ] as const) {
    const repeats = task === "cold" ? 5 : 1;
    const alternatives = files.map((file) => {
      const coder = openWasm(new WebAssembly.Module(readFileSync(file))).prepare(trained(features));
      const run = () => {
        let rounds = 0;
        for (let i = 0; i < repeats; i++) {
          for (const image of from) for (const coding of coder.path(image, lambdas, clean)) rounds += coding.iterations;
        }
        return rounds / from.length / repeats;
      };
      return { name: file, run, rounds: run() };
    });
    const times = compare(alternatives, Number(process.env.ROUNDS ?? 7));
    for (const [i, time] of times.entries()) {
      console.log(
        `F = ${features} ${task}: ${show(time, from.length * repeats)}, ${alternatives[i].rounds.toFixed(1)} rounds  ${time.name}`,
      );
    }
  }
}
