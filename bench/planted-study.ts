/** What benches of studies plant in place of coded sweeps. */
import { systemSize } from "../src/core/geometry.js";
import { draws } from "../src/core/random.js";
import type { SweepItem } from "../src/study/items/sweep.js";
import { geometryOf, type PlanContext } from "../src/study/plan.js";
import { addPoint, emptyPoints, type Points } from "../src/tasks/points.js";

/** Points of a sweep whose least error moves as L^-0.3 and differs by image and seed. */
export function plantedPoints(sweep: SweepItem, plan: PlanContext): Points {
  const g = geometryOf(plan, sweep);
  const values = g.height * g.width * g.channels;
  const best = 0.5 * (sweep.features / 64) ** 0.3;
  const points = emptyPoints((sweep.range.to - sweep.range.from) * sweep.lambdas.length);
  for (let image = sweep.range.from; image < sweep.range.to; image++) {
    const draw = draws({ seed: sweep.replicate, purpose: 1 }, image);
    const [scale, shift] = [0.9 + 0.2 * draw.uniform(), 0.1 * draw.uniform() - 0.05];
    for (const lambda of sweep.lambdas) {
      const x = Math.log(lambda / best) + shift;
      const error = scale * 0.2 * (1 + 0.2 * x * x + 0.02 * x ** 3);
      const active = Math.round(1 + 0.2 * systemSize(g) * lambda ** -0.7 * scale);
      const sums = { squaredError: values * error ** 2, squaredResidual: 0.2 * values, l1: active * lambda };
      addPoint(points, { image, lambda, active, ...sums, gap: 0.005, iterations: 4, converged: true });
    }
  }
  return points;
}
