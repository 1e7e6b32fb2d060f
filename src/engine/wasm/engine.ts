/**
 * The wasm engine: the coordinate solver (LCA and FISTA on request) in float32 on vectors of four, the
 * certificate in float64. Plain simd128 rounds the same everywhere, so every
 * machine gives the same bits. Its codes are rounded to float32 and so is g, whence the gap it
 * reports may be too small by up to 4e-6 of the energy (test/engine/gap.test.ts); a tolerance that it
 * cannot reach ends in converged: false and the gap it did reach.
 */
import { oneByOne } from "../../coding/batch.js";
import { imageMinus, placeImage, type Target } from "../../coding/canvas.js";
import { dataTerm } from "../../coding/certificate.js";
import { checkImage, checkLambdas, checkRule, checkWeights } from "../../coding/check.js";
import type { Dictionary } from "../../coding/dictionary.js";
import type { Coding, CodingRule, Engine, Threshold, VertexThreshold } from "../../coding/engine.js";
import { type Network, networkOf, onCanvas, synthesis, weighted } from "../../coding/operator.js";
import { type ImageCoder, measure } from "../../coding/path.js";
import type { Solver } from "../../coding/solver.js";
import { CrispError } from "../../core/errors.js";
import { imageLength } from "../../core/geometry.js";
import { floats, type Kernel, type KernelModule, openKernel, prepareKernel, sparse } from "./kernel.js";
import { mostVertices } from "./lca.js";
import { openPatches } from "./patches.js";
import { refusal, solveBy, type WasmSolver } from "./solve.js";

const everyKind: readonly Threshold["kind"][] = ["soft", "hard", "firm", "petavision", "vertices"];
const usual: Solver = { kind: "coordinate" };

/** The kernel's solvers on this thread: coders of single images; each kind of solver has a kernel of its own. */
export type WasmSolvers = {
  /** A coder by the coordinate solver unless another is named; it replaces the last one of that solver. */
  prepare(dictionary: Dictionary, solver?: WasmSolver): ImageCoder;
  /** Gives the memory back; the coders end. */
  close(): void;
};

/**
 * The solvers of a compiled kernel (dist/kernel.wasm).
 *
 * @throws `internal` if the module is not the kernel
 */
export function openWasm(module: KernelModule): WasmSolvers {
  const kernels = new Map<string, Kernel>([[usual.kind, openKernel(module)]]);
  const prepared = new Map<string, number>();
  let open = true;
  return {
    prepare(dictionary, solver = { kind: "coordinate" }) {
      if (!open)
        throw new CrispError("usage", "the wasm engine is closed; an open one is needed. Open another engine.");
      const { kind } = solver;
      const kernel = kernels.get(kind) ?? openKernel(module);
      kernels.set(kind, kernel);
      const mine = (prepared.get(kind) ?? 0) + 1;
      prepared.set(kind, mine);
      return wasmCoder(kernel, { dictionary, solver }, () => open && mine === prepared.get(kind));
    },
    close() {
      open = false;
      kernels.clear();
    },
  };
}

/** An engine on a compiled kernel. @throws `internal` if the module is not the kernel */
export function wasmEngine(module: KernelModule): Engine {
  const solvers = openWasm(module);
  return {
    name: "wasm",
    family: "wasm-2",
    takes: refusal,
    async prepare(dictionary, solver = usual) {
      return oneByOne(solvers.prepare(dictionary, solver as WasmSolver));
    },
    patches: (layout) => openPatches(module, layout),
    close: solvers.close,
  };
}

function wasmCoder(
  kernel: Kernel,
  { dictionary, solver }: { dictionary: Dictionary; solver: WasmSolver },
  isCurrent: () => boolean,
): ImageCoder {
  const net = networkOf(dictionary);
  const solve = solveBy(kernel, solver);
  const g = dictionary.geometry;
  prepareKernel(kernel, dictionary, { canvas: net.canvas, roomy: solver.kind !== "coordinate" });
  const kinds: readonly Threshold["kind"][] = solver.kind === "lca" ? everyKind : ["soft"];
  let paths = 0;

  function* run(image: Float32Array, lambdas: readonly number[], rule: CodingRule): Generator<Coding, void, undefined> {
    const ticket = ++paths;
    demandCurrent(isCurrent);
    load(kernel, net, { image, weights: rule.weights });
    kernel.start();
    const whole = weighted(net, rule.weights);
    const power = () => dataTerm({ residual: onCanvas(net, image), weights: whole.weights });
    for (const [i, lambda] of lambdas.entries()) {
      if (ticket !== paths) return;
      demandCurrent(isCurrent);
      const { iterations, certificate } = solve({ net: whole, power, lambda, rule, isFirst: i === 0 });
      const code = sparse(kernel);
      // With weights the kernel's residual is √w r: where w = 0 it cannot tell ŝ.
      const reconstruction = rule.weights ? synthesis(net, code) : imageMinus(g, net.canvas, image, residualIn(kernel));
      const converged = measure(certificate) <= rule.tolerance;
      yield { lambda, code, reconstruction, ...certificate, iterations, converged };
    }
  }
  return {
    dictionary,
    path(image, lambdas, rule) {
      checkImage(g, image);
      checkLambdas(lambdas);
      checkRule(rule, kinds);
      if (rule.threshold.kind === "vertices") demandFewVertices(rule.threshold);
      checkWeights(g, rule.weights);
      return run(image.slice(0, imageLength(g)), [...lambdas], { ...rule, weights: rule.weights?.slice() });
    },
  };
}

/** Writes s to the kernel; with weights √w, and √w s instead. */
function load(kernel: Kernel, net: Network, of: { image: Float32Array; weights: Float32Array | undefined }): void {
  const rowStride = kernel.rowStride.value;
  const root = of.weights?.map(Math.sqrt);
  const image = root ? of.image.map((value, i) => root[i] * value) : of.image;
  const g = net.dictionary.geometry;
  placeImage(g, net.canvas, image, { data: floats(kernel, kernel.image.value), rowStride });
  kernel.setWeighted(root ? 1 : 0);
  if (!root) return;
  const data = floats(kernel, kernel.root.value);
  data.fill(1, 0, net.canvas.vertical.length * rowStride); // what `full` counts outside the image
  placeImage(g, net.canvas, root, { data, rowStride });
}

function residualIn(kernel: Kernel): Target {
  return { data: floats(kernel, kernel.residual.value), rowStride: kernel.rowStride.value };
}

function demandFewVertices({ verticesV }: VertexThreshold): void {
  if (verticesV.length <= mostVertices) return;
  throw new CrispError(
    "usage",
    `threshold: ${verticesV.length} vertices; the wasm engine takes ${mostVertices}. Use fewer, or the reference engine.`,
  );
}

function demandCurrent(isCurrent: () => boolean): void {
  if (isCurrent()) return;
  throw new CrispError(
    "usage",
    "this coder was replaced by a later prepare or its engine was closed; an engine holds one dictionary at a time. Prepare it again, or open a second engine.",
  );
}
