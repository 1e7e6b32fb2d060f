// How long do kernel and float64 finish take at tiny λ, on two CIFAR-10 images and one of leaves? FEATURES, LAMBDAS, IMAGES, TOL, BOUNDARY.
import { networkOf } from "../src/coding/operator.js";
import { refine } from "../src/coding/refine.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { leavesPicture } from "../src/images/leaves.js";
import { normalise } from "../src/images/normalise.js";
import { images, kernelModule, trained } from "./data.js";

const words = (name: string, or: string) => (process.env[name] ?? or).split(",").map(Number);
const three = [...images(0, 2), normalise(leavesPicture({ height: 32, width: 32, channels: 3, seed: 1 }, "test", 0))];
for (const F of words("FEATURES", "64")) {
  const { geometry, atoms } = trained(F);
  const dictionary = { geometry: { ...geometry, boundary: (process.env.BOUNDARY ?? "crop") as "crop" }, atoms };
  const net = networkOf(dictionary);
  const coder = openWasm(kernelModule()).prepare(dictionary);
  for (const rectified of [true, false])
    for (const lambda of words("LAMBDAS", "0.01,0.001"))
      for (const w of words("IMAGES", "0,1,2")) {
        const threshold = { kind: "soft", rectified } as const;
        const t = performance.now();
        const [c] = coder.path(three[w], [lambda], {
          threshold,
          tolerance: Number(process.env.START ?? 1e-6),
          maxIterations: Number(process.env.ROUNDS ?? 1000),
        });
        const u = performance.now();
        let line = `F ${F} ${rectified ? "rect" : "signed"} λ ${lambda} image ${w}: kernel ${c.iterations} rounds ${(u - t).toFixed(0)} ms gap ${c.gap.toExponential(1)}`;
        for (const tolerance of words("TOL", "1e-6")) {
          const v = performance.now();
          const cpu = process.cpuUsage();
          const f = refine(net, { image: three[w], code: c.code }, { lambda, rule: { threshold, tolerance } });
          line += `; to ${tolerance}: ${(performance.now() - v).toFixed(0)} ms (cpu ${(process.cpuUsage(cpu).user / 1e6).toFixed(1)} s), ${f.iterations} rounds, gap ${f.gap.toExponential(1)} ${f.converged}, active ${f.code.index.length}, kernel above ${(c.energy / f.energy - 1).toExponential(1)}`;
        }
        console.log(line);
      }
}
