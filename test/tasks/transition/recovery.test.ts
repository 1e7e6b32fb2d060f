// The control of the recovery line: planted codes of random atoms, without noise, well below and well above it.
import { expect, test } from "vitest";
import { networkOf } from "../../../src/coding/operator.js";
import { refine } from "../../../src/coding/refine.js";
import { type Geometry, imageLength, systemSize } from "../../../src/core/geometry.js";
import { draws, permutation, purpose } from "../../../src/core/random.js";
import { openWasm } from "../../../src/engine/wasm/engine.js";
import { recoveryPercent } from "../../../src/tasks/transition/donoho-tanner.js";
import { codings, gaussianDictionary, imageOf, kernelModule, rule } from "../../coding/networks.js";

const geometry: Geometry = {
  height: 10,
  width: 10,
  channels: 3,
  patch: [8, 8],
  stride: [2, 2],
  boundary: "circular",
  features: 64,
};
const dictionary = gaussianDictionary(geometry);
const L = systemSize(geometry);
const line = recoveryPercent(imageLength(geometry), L, true)!;

/** ‖â − a‖/‖a‖ of a planted code with so many units as this part of the line allows. */
function relativeError(part: number): number {
  const k = Math.round((part * line * L) / 100);
  const planted = new Float64Array(L);
  const draw = draws({ seed: 2, purpose: purpose.test }, 0);
  for (const unit of permutation(L, { seed: 3, purpose: purpose.test }).subarray(0, k))
    planted[unit] = Math.abs(draw.gaussian());
  const image = imageOf(dictionary, planted);
  const coder = openWasm(kernelModule()).prepare(dictionary);
  const rough = codings(coder, image, [0.3, 0.1, 0.03, 0.01, 0.003], rule(1e-3)).at(-1)!;
  const start = { image, code: rough.code };
  const { code } = refine(networkOf(dictionary), start, { lambda: 1e-3, rule: rule(1e-3, true, 30) });
  const found = new Float64Array(L);
  code.index.forEach((unit, i) => {
    found[unit] = code.value[i];
  });
  const power = planted.reduce((sum, a) => sum + a * a, 0);
  return Math.sqrt(planted.reduce((sum, a, i) => sum + (a - found[i]) ** 2, 0) / power);
}

test("at 0.6 of the line a planted code comes back, at 1.5 of it another one does", () => {
  expect(relativeError(0.6)).toBeLessThan(0.02); // λ = 1e-3 leaves a bias of about λ·χ
  expect(relativeError(1.5)).toBeGreaterThan(0.2);
});
