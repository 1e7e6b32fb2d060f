/** The LCA beyond PetaVision's recorded runs: fixed points of every rule, controllers, momentum, warm starts, divergence. */
import { expect, test } from "vitest";
import type { CodingRule, Threshold } from "../../src/coding/engine.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { analyse, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import type { LcaOptions, LcaRecord } from "../../src/coding/solver.js";
import { spectralNorm } from "../../src/coding/spectral.js";
import { activity, transferOf } from "../../src/coding/threshold.js";
import { controllerOf, kneeTimeStep, type TimeStep, tutorialTimeStep } from "../../src/coding/time-step.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { codings, dense, gaussianDictionary, gaussianImage, kernelModule, rule, smallGeometry } from "./networks.js";

const dictionary = gaussianDictionary(smallGeometry);
const image = gaussianImage(smallGeometry);
const net = networkOf(dictionary);

function ruleOf(threshold: Threshold, tolerance = 1e-6): CodingRule {
  return { threshold, tolerance };
}

/** g = Φᵀ(s − Φa). */
function driveOf(code: Float64Array, of = dictionary): Float64Array {
  const net = networkOf(of);
  const residual = new Float64Array(net.canvasLength);
  residualOf(net, { image: onCanvas(net, image), code }, residual);
  const g = new Float64Array(net.units);
  analyse(net, residual, g);
  return g;
}

const thresholds: Threshold[] = [
  { kind: "hard", rectified: true },
  { kind: "hard", rectified: false },
  { kind: "firm", rectified: true, width: 0.5 },
  { kind: "petavision", aMin: 0, aMax: 0.8, aShift: 0.4, vWidth: 0.2 },
  { kind: "vertices", verticesV: [-0.3, 0.6, 1], verticesA: [0, 0, 0.5], slopeNegInf: 0.5, slopePosInf: 1 },
];

test.each(thresholds)("$threshold.kind: converges to a = T(g + a) and says it is only stationary", (threshold) => {
  const [coding] = codings(lcaCoder(dictionary), image, [0.6], ruleOf(threshold));
  expect(coding).toMatchObject({ converged: true, certificate: "stationarity", gap: 1 });
  expect(coding.stationarity).toBeLessThanOrEqual(1e-6);
  const code = dense(coding.code, net.units);
  const transfer = transferOf(threshold, 0.6);
  driveOf(code).forEach((g, i) => {
    expect(Math.abs(activity(transfer, g + code[i]) - code[i])).toBeLessThan(1e-5);
  });
  expect(coding.code.index.length).toBeGreaterThan(5);
});

test("the hard threshold's energy is ½‖s − Φa‖² + λ²/2 for each active unit", () => {
  const [coding] = codings(lcaCoder(dictionary), image, [0.6], ruleOf(thresholds[0]));
  const squared = image.reduce((sum, s, i) => sum + (s - coding.reconstruction[i]) ** 2, 0);
  expect(coding.energy).toBeCloseTo(0.5 * squared + 0.18 * coding.code.index.length, 4); // float32 reconstruction
});

test("momentum has the fixed point V = (1 + m)(g + a), not the lasso's; where that problem has no minimum it diverges", () => {
  const m = 0.1;
  const few = gaussianDictionary({ ...smallGeometry, features: 2 }); // ΦᵀΦ well conditioned
  const [coding] = codings(lcaCoder(few, { momentum: m }), image, [0.6], rule(1e-6));
  const [lasso] = codings(lcaCoder(few), image, [0.6], rule(1e-6));
  expect(coding).toMatchObject({ converged: true, certificate: "stationarity" });
  const units = networkOf(few).units;
  const code = dense(coding.code, units);
  driveOf(code, few).forEach((g, i) => {
    expect(Math.abs(Math.max(0, (1 + m) * (g + code[i]) - 0.6) - code[i])).toBeLessThan(1e-5);
  });
  expect(coding.energy).toBeGreaterThan(1.001 * lasso.energy);
  const many = lcaCoder(dictionary, { momentum: 0.3 });
  expect(() => codings(many, image, [0.6], rule(1e-6))).toThrow(/with momentum the energy may have no lower bound/);
});

test.each<[string, TimeStep]>([
  ["adaptive", tutorialTimeStep],
  ["knee", kneeTimeStep],
])("the %s time step reaches the minimum that the fixed one reaches", (_, timeStep) => {
  const [adaptive] = codings(lcaCoder(dictionary, { timeStep }), image, [0.5], rule(1e-4));
  const [fixed] = codings(lcaCoder(dictionary), image, [0.5], rule(1e-6));
  expect(adaptive.converged).toBe(true);
  expect(Math.abs(adaptive.energy / fixed.energy - 1)).toBeLessThan(1.1e-4);
});

test("250 steps of the tutorial's controller integrate about 11 τ while the energy falls slowly", () => {
  const time = (step: TimeStep, steps: number) => {
    const controller = controllerOf(step);
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      sum += controller.dt() / controller.tau;
      controller.read(1 - 1e-6 * sum); // falls so slowly that q always meets q_max
    }
    return sum;
  };
  // Two base steps until there are two energies to compare, then Σ 0.06 · 1.025ⁱ over 248, ÷ 100.
  expect(time(tutorialTimeStep, 250)).toBeCloseTo((0.1 + (0.06 * (1.025 ** 248 - 1)) / 0.025) / 100, 6);
  expect(time(tutorialTimeStep, 250)).toBeGreaterThan(10.5);
  // Past the knee of 3.4 the step grows by 0.025 % a step: nearly constant.
  expect(time(kneeTimeStep, 400)).toBeGreaterThan(8);
  expect(time(kneeTimeStep, 400)).toBeLessThan(12);
});

test("a rise of the energy resets the step, equal energies leave it", () => {
  const controller = controllerOf(tutorialTimeStep);
  const steps = [10, 9.999, 9.998, 9.998, 9.9979, 10].map((energy) => {
    controller.read(energy);
    return controller.dt();
  });
  expect(steps).toEqual(
    [0.05, 0.06, 0.06 * 1.025, 0.06 * 1.025, 0.06 * 1.025 ** 2, 0.05].map((q) => expect.closeTo(q, 12)),
  );
  // 0.03 · 0.05 · 10 / (10 − 9) = 0.015 < q_max: the step may fall below baseMin, as in PetaVision.
  controller.read(9);
  expect(controller.dt()).toBeCloseTo(0.015, 12);
});

test("start at VThresh changes the way, not the end; the first record still has no activity", () => {
  const records: LcaRecord[] = [];
  const options: LcaOptions = { start: "threshold", probe: (record) => records.push(record) };
  const [coding] = codings(lcaCoder(dictionary, options), image, [0.5], rule(1e-6));
  const [zero] = codings(lcaCoder(dictionary), image, [0.5], rule(1e-6));
  expect(Math.abs(coding.energy / zero.energy - 1)).toBeLessThan(2e-6);
  expect(records[0].squaredResidual).toBeCloseTo(
    image.reduce((sum, s) => sum + s * s, 0),
    4,
  );
  expect(records[0].active).toBeGreaterThan(0); // V = λ: any drive above λ shows at once
});

test("warm starts from the last image's potentials: the same image again needs fewer steps, cold ones do not change", () => {
  const warm = lcaCoder(dictionary, { warm: true });
  const [first] = codings(warm, image, [0.5], rule(1e-4));
  const [again] = codings(warm, image, [0.5], rule(1e-4));
  expect(again.iterations).toBe(0);
  const cold = lcaCoder(dictionary);
  expect(codings(cold, image, [0.5], rule(1e-4))).toEqual(codings(cold, image, [0.5], rule(1e-4)));
  expect(first.iterations).toBeGreaterThan(10);
});

test("exactly the steps asked for, with the gap they reach", () => {
  const [coding] = codings(lcaCoder(dictionary, { steps: 7 }), image, [0.2], rule(1e-2));
  expect(coding).toMatchObject({ iterations: 7, converged: false });
  expect(coding.gap).toBeGreaterThan(1e-2);
});

test("a step too long is reported with the longest safe one, which then converges", () => {
  const dense16 = gaussianDictionary({ ...smallGeometry, features: 16 });
  const run = (dt: number) => () =>
    codings(lcaCoder(dense16, { timeStep: { kind: "fixed", dt, tau: 1 } }), image, [0.1], rule(1e-3));
  expect(run(2.3)).toThrow(expect.objectContaining({ code: "diverged" }));
  const words = String(catching(run(2.3)));
  const longest = Number(/dt\/τ < ([\d.]+\d)/.exec(words)?.[1]);
  expect(longest).toBeCloseTo(-Math.log1p(-2 / spectralNorm(networkOf(dense16))), 3);
  expect(run(0.99 * longest)()[0].converged).toBe(true);
  // Units that switch off hold these two in a swing whose energy stays below that of no code: found all the same.
  for (const [features, dt] of [
    [6, 5],
    [16, 3],
  ]) {
    const coder = lcaCoder(gaussianDictionary({ ...smallGeometry, features }), {
      timeStep: { kind: "fixed", dt, tau: 1 },
    });
    expect(() => codings(coder, image, [1], rule(1e-3, false, 300))).toThrow(/diverged within 300 steps/);
  }
});

test("the wasm engine reports a step too long in the same words, swings included, and goes on", () => {
  const wasm = (dt: number, features: number) =>
    openWasm(kernelModule()).prepare(gaussianDictionary({ ...smallGeometry, features }), {
      kind: "lca",
      timeStep: { kind: "fixed", dt, tau: 1 },
    });
  const long = wasm(2.3, 16);
  const run = () => codings(long, image, [0.1], rule(1e-3));
  expect(run).toThrow(expect.objectContaining({ code: "diverged" }));
  expect(run).toThrow(/2\/‖Φ‖² = 0.3\d+ is safe/);
  expect(() => codings(wasm(5, 6), image, [1], rule(1e-3, false, 300))).toThrow(/diverged within 300 steps/);
  const [quiet] = codings(long, new Float32Array(image.length), [0.1], rule(1e-3));
  expect(quiet).toMatchObject({ energy: 0, converged: true });
});

test("LCA options that the kernel does not have are refused by name", () => {
  const prepare = (options: LcaOptions) => () =>
    openWasm(kernelModule()).prepare(dictionary, { kind: "lca", ...options });
  expect(prepare({ momentum: 0.1 })).toThrow(/no momentum/);
  expect(prepare({ probe: () => {} })).toThrow(/no probe/);
  expect(prepare({ start: "threshold", timeStep: tutorialTimeStep, momentum: 0, steps: 3 })).not.toThrow();
});

function catching(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

test("options no LCA can honour are refused", () => {
  const refuse = (options: LcaOptions) =>
    expect(() => lcaCoder(dictionary, options)).toThrow(expect.objectContaining({ code: "usage" }));
  refuse({ momentum: 1 });
  refuse({ steps: 0.5 });
  refuse({ timeStep: { kind: "fixed", dt: 0, tau: 1 } });
  refuse({ timeStep: { ...tutorialTimeStep, baseMin: 1 } as TimeStep });
});
