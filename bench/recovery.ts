// Where are planted codes no longer recovered without noise? Against the line of Donoho and Tanner; FEATURES=32,64 TRIALS=12.
import { imageMinus } from "../src/coding/canvas.js";
import type { Dictionary } from "../src/coding/dictionary.js";
import { networkOf, residualOf, target } from "../src/coding/operator.js";
import { refine } from "../src/coding/refine.js";
import { atomLength, imageLength, posterGeometry, systemSize } from "../src/core/geometry.js";
import { draws, permutation, purpose } from "../src/core/random.js";
import { tensor } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { recoveryPercent } from "../src/tasks/transition/donoho-tanner.js";
import { kernelModule } from "./data.js";

const sizes = (process.env.FEATURES ?? "32,64").split(",").map(Number);
const trials = Number(process.env.TRIALS ?? 12);
const smallest = 3e-4; // λ; the bias of a recovered code is about this times the slowest mode
const success = 0.01; // relative error of the code

/** Unit-norm Gaussian atoms. */
function randomDictionary(features: number): Dictionary {
  const geometry = { ...posterGeometry(features), boundary: "circular" as const }; // every unit sees a whole atom
  const length = atomLength(geometry);
  const data = new Float32Array(features * length);
  for (let f = 0; f < features; f++) {
    const draw = draws({ seed: 1, purpose: purpose.atoms }, f);
    const atom = Float64Array.from({ length }, () => draw.gaussian());
    const norm = Math.sqrt(atom.reduce((sum, w) => sum + w * w, 0));
    for (let i = 0; i < length; i++) data[f * length + i] = atom[i] / norm;
  }
  return { geometry, atoms: tensor([features, 8, 8, 3], data) };
}

for (const features of sizes) {
  const dictionary = randomDictionary(features);
  const net = networkOf(dictionary);
  const coder = openWasm(kernelModule()).prepare(dictionary);
  const L = systemSize(dictionary.geometry);
  const recovered = (k: number, trial: number): boolean => {
    const planted = new Float64Array(L);
    const draw = draws({ seed: 2, purpose: purpose.test }, trial);
    for (const unit of permutation(L, { seed: 3, purpose: purpose.test }, trial).subarray(0, k))
      planted[unit] = Math.abs(draw.gaussian());
    const canvas = new Float64Array(net.canvasLength);
    residualOf(net, { image: canvas.slice(), code: planted }, canvas);
    const image = imageMinus(
      dictionary.geometry,
      net.canvas,
      new Float32Array(imageLength(dictionary.geometry)),
      target(net, canvas),
    );
    const threshold = { kind: "soft", rectified: true } as const;
    const path = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
    const rough = [...coder.path(image, path, { threshold, tolerance: 1e-3 })].at(-1)!;
    const { code } = refine(
      net,
      { image, code: rough.code },
      { lambda: smallest, rule: { threshold, tolerance: 1e-3, maxIterations: 30 } },
    );
    let error = planted.reduce((sum, a) => sum + a * a, 0);
    const power = error;
    code.index.forEach((unit, i) => {
      error += (code.value[i] - planted[unit]) ** 2 - planted[unit] ** 2;
    });
    return Math.sqrt(error / power) < success;
  };
  const line = recoveryPercent(imageLength(dictionary.geometry), L, true)!;
  let [low, high] = [0.6, 1.4]; // of the line
  for (let step = 0; step < 5; step++) {
    const middle = (low + high) / 2;
    const k = Math.round((middle * line * L) / 100);
    const won = Array.from({ length: trials }, (_, trial) => recovered(k, trial)).filter(Boolean).length;
    console.log(`F = ${features}, k = ${k} (${middle.toFixed(3)} of the line): ${won} of ${trials} recovered`);
    if (2 * won >= trials) low = middle;
    else high = middle;
  }
  const found = ((low + high) / 2) * line;
  console.log(`F = ${features}: half are recovered at ${found.toPrecision(3)} %, the line is ${line.toPrecision(3)} %`);
}
