/** How long do the kernel's coordinate solver, FISTA and LCA take to one gap, cold, at λ = 1 on the same images? */
import type { CodingRule } from "../src/coding/engine.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import type { WasmSolver } from "../src/engine/wasm/solve.js";
import { images, kernelModule, trained } from "./data.js";
import { compare, heading, show } from "./measure.js";

heading("Time to a gap, λ = 1, one image from nothing");
const set = images(0, 2);
const solvers: WasmSolver[] = [{ kind: "coordinate" }, { kind: "fista" }, { kind: "lca" }];
for (const features of [128, 512]) {
  for (const tolerance of [1e-2, 1e-3]) {
    const rule: CodingRule = { threshold: { kind: "soft", rectified: true }, tolerance, maxIterations: 3000 };
    const alternatives = solvers.map((solver) => {
      const coder = openWasm(kernelModule()).prepare(trained(features), solver);
      const run = () => set.map((image) => [...coder.path(image, [1], rule)][0]);
      return { name: solver.kind, run, first: run() };
    });
    const times = compare(alternatives, 2);
    for (const [i, time] of times.entries()) {
      const { first } = alternatives[i];
      const steps = first.reduce((sum, { iterations }) => sum + iterations, 0) / set.length;
      const excess = Math.max(...first.map(({ energy }, n) => energy / alternatives[0].first[n].energy - 1));
      const met = first.every(({ converged }) => converged) ? "" : ", gap not met";
      console.log(
        `F = ${features}, gap ${tolerance}: ${time.name} ${show(time, set.length)}, ${steps.toFixed(0)} iterations, energy ${excess.toExponential(1)} above coordinate${met}`,
      );
    }
  }
}
