// Codes finished in float64, and atoms that are not of unit norm on every engine: energies against FISTA.
import { describe, expect, test } from "vitest";
import { certificate } from "../../src/coding/certificate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import { fistaCoder } from "../../src/coding/fista.js";
import { analyse, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import { refine } from "../../src/coding/refine.js";
import { tensor } from "../../src/core/tensor.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { encodeImage } from "../../src/tasks/encode.js";
import {
  codings,
  dense,
  gaussianDictionary,
  gaussianImage,
  kernelModule,
  routes,
  rule,
  smallGeometry,
  toolsOf,
} from "./networks.js";

const image = gaussianImage(smallGeometry);

/** Atoms of norm 0.05, 0.2, 0.8, 3.2 … and one of zero. */
function unevenDictionary(boundary: "crop" | "full" | "valid"): Dictionary {
  const { geometry, atoms } = gaussianDictionary({ ...smallGeometry, boundary });
  const length = atoms.data.length / geometry.features;
  const scaled = atoms.data.map((w, i) => w * 0.05 * 4 ** Math.floor(i / length));
  scaled.fill(0, 5 * length);
  return { geometry, atoms: tensor(atoms.shape, scaled) };
}

function leastEnergy(dictionary: Dictionary, lambda: number, rectified: boolean): number {
  const [best] = codings(fistaCoder(dictionary), image, [lambda], rule(1e-9, rectified, 200_000));
  expect(best.converged).toBe(true);
  return best.energy;
}

describe.each(["crop", "full", "valid"] as const)("boundary %s", (boundary) => {
  describe.each([true, false])("rectified %s", (rectified) => {
    const dictionary = unevenDictionary(boundary);
    const lambda = 0.2;
    const least = leastEnergy(dictionary, lambda, rectified);

    // FISTA is the judge; LCA's fixed step is far from this tolerance when norms differ by a factor of 250.
    test.each(routes.filter(({ name }) => !/fista|lca/.test(name)))(
      "atoms of any norm are coded by $name to FISTA's energy within 1e-6",
      ({ prepare, finest }) => {
        const [coding] = codings(prepare(dictionary), image, [lambda], rule(finest, rectified));
        // A gap of 5e-6 bounds the energy's excess; in fact it is of the order of the gap squared.
        expect(Math.abs(coding.energy / least - 1)).toBeLessThan(1e-6);
      },
    );

    test("the finish reaches a gap of 1e-10 from the zero code and from the kernel's", () => {
      const net = networkOf(dictionary);
      const kernel = openWasm(kernelModule()).prepare(dictionary);
      const [near] = codings(kernel, image, [lambda], rule(1e-5, rectified));
      const none = { index: new Uint32Array(0), value: new Float32Array(0) };
      for (const code of [near.code, none]) {
        const fine = refine(net, { image, code }, { lambda, rule: rule(1e-10, rectified) });
        expect(fine.gap).toBeLessThanOrEqual(1e-10);
        expect(fine.converged).toBe(true);
        expect(Math.abs(fine.energy / least - 1)).toBeLessThan(1e-8);
      }
    });
  });
});

test("energy and gap are those of the code that is returned", async () => {
  const dictionary = gaussianDictionary(smallGeometry);
  const net = networkOf(dictionary);
  for (const coded of await encodeImage(
    toolsOf(dictionary),
    { image, clean: image },
    { lambdas: [1, 0.3], rule: rule(1e-8) },
  )) {
    const code = dense(coded.code, net.units);
    const [onto, gradient] = [new Float64Array(net.canvasLength), new Float64Array(net.units)];
    residualOf(net, { image: onCanvas(net, image), code }, onto);
    analyse(net, onto, gradient);
    const proof = certificate({ image: onCanvas(net, image), residual: onto, gradient, code }, coded.lambda, true);
    expect(Math.abs(coded.energy / proof.energy - 1)).toBeLessThan(1e-12); // second order in the rounding to float32
    expect(proof.gap).toBeLessThan(1e-6); // first order in it
    expect(Math.abs(coded.reconstructionError - proof.energy + coded.lambda * coded.l1)).toBeLessThan(1e-9);
    expect([coded.engine, coded.converged]).toEqual(["reference", true]);
  }
});

test("the kernel's certificate serves where float32 can prove the tolerance, and says so", async () => {
  const tools = toolsOf(gaussianDictionary(smallGeometry));
  const [coded] = await encodeImage(tools, { image, clean: image }, { lambdas: [0.5], rule: rule(1e-3) });
  expect([coded.engine, coded.converged, coded.relativeGap <= 1e-3]).toEqual(["wasm", true, true]);
});

test("a λ above the largest gives the zero code with no gap at any tolerance", async () => {
  const tools = toolsOf(gaussianDictionary(smallGeometry));
  const [coded] = await encodeImage(tools, { image, clean: image }, { lambdas: [1e6], rule: rule(1e-12) });
  expect(coded).toMatchObject({ active: 0, l1: 0, converged: true, percentError: 100 });
});
