/**
 * How low does a fixed budget of images bring the held-out energy, and in how much processor time?
 * Arguments, each a list with commas: features, images, η, minibatch, momentumTau, seed; then a rule.
 */
import { argv } from "node:process";
import { posterGeometry } from "../src/core/geometry.js";
import type { RuleName } from "../src/learning/update.js";
import { images } from "./data.js";
import { learned, minimumOf } from "./learner.js";

const list = (at: number, otherwise: string) => (argv[at] ?? otherwise).split(",").map(Number);
const [sizes, budgets, steps] = [list(2, "64"), list(3, "4000"), list(4, "0.1")];
const [minibatches, taus, seeds] = [list(5, "8"), list(6, "5"), list(7, "1")];
const rule = (argv[8] ?? "tangent-newton") as RuleName;
const most = Math.min(20_000 - 256, Math.max(...budgets));
const pool = [...images(256, Math.min(9744, most)), ...images(0, Math.max(0, most - 9744), 2)];

for (const features of sizes)
  for (const budget of budgets)
    for (const step of steps)
      for (const minibatch of minibatches)
        for (const momentumTau of taus)
          for (const seed of seeds) {
            const schedule = { schedule: "budget", step, decay: 1e4, images: budget, plateau: 0 } as const;
            const found = await learned({ rule, schedule, pool, minibatch, momentumTau, features, seed });
            const { energy, deadAtoms } = found.looks[found.looks.length - 1];
            console.log(
              `F ${features}, ${budget} images, step ${step}, minibatch ${minibatch}, tau ${momentumTau}, seed ${seed}: energy ${energy.toFixed(2)}, ${found.seconds.toFixed(1)} s, ${deadAtoms} dead, ${minimumOf({ geometry: posterGeometry(features), atoms: found.atoms })}`,
            );
          }
