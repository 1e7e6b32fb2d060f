/**
 * How fast is one image coded, cold, at λ = 1 and gap 1e-2, and how much slower
 * are 400 steps of plain LCA on the same arrays and the same Φᵀr?
 */
import { openWasm } from "../src/engine/wasm/engine.js";
import { clean, images, kernelModule, trained } from "./data.js";
import { compare, heading, show } from "./measure.js";

heading("Coding one image from nothing, λ = 1.0, gap 1e-2, against 400 steps of LCA");
const set = images(0, 40);
for (const features of [64, 128, 256, 512]) {
  const dictionary = trained(features);
  const coder = openWasm(kernelModule()).prepare(dictionary);
  const lca = plainLca(features);
  const code = () => set.map((image) => [...coder.path(image, [1], clean)][0]);
  const few = set.slice(0, 2);
  const relax = () => few.map((image) => lca(image));
  const [solver, plain] = [code(), relax()];
  const worst = Math.max(...plain.map(({ energy }, i) => energy / solver[i].energy - 1));
  const times = compare(
    [
      { name: "crisp", run: code },
      { name: "lca", run: relax },
    ],
    5,
  );
  const ratio = times[1].median / few.length / (times[0].median / set.length);
  console.log(
    `F = ${features}: ${show(times[0], set.length)}, ${((1000 * set.length) / times[0].median).toFixed(0)} images/s`,
  );
  console.log(
    `  LCA ${show(times[1], few.length)}, ${ratio.toFixed(1)}x; its energy is ${(100 * worst).toFixed(3)} % higher, its gap ${plain[0].gap.toPrecision(2)}`,
  );
}

/** 400 steps at rate 1/‖Φ‖² on the kernel's own arrays, certified at the end and halfway. */
function plainLca(features: number): (image: Float32Array) => { energy: number; gap: number } {
  const coder = openWasm(kernelModule()).prepare(trained(features), { kind: "lca", steps: 400 });
  return (image) => [...coder.path(image, [1], clean)][0];
}
