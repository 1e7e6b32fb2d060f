/**
 * Everything the transition's tests ask of one network and one noisy image: its
 * response along a few λ's, and its fluctuation over draws of the noise. Plain
 * records, so that they cross to workers and to the store.
 */
import { eachImage, imagePath } from "../../coding/batch.js";
import type { Coder, CodingRule, SparseCode } from "../../coding/engine.js";
import { type Network, networkOf, onCanvas } from "../../coding/operator.js";
import type { Tensor } from "../../core/tensor.js";
import { type ExactCode, exactCode, type Problem } from "./exact.js";
import { openFactor } from "./factor.js";
import { overlap } from "./fluctuation.js";
import { type Branch, type Hysteresis, hysteresis } from "./hysteresis.js";
import { driven, spike, susceptibility } from "./susceptibility.js";

/** One image at one λ. χ and the slowest mode are null where active atoms are dependent. */
export type ResponsePoint = {
  readonly lambda: number;
  readonly active: number;
  readonly chi: number | null;
  readonly slowest: number | null;
};

/** One driven unit: its response by the drive and by Cholesky. */
export type DriveRecord = { readonly driven: number; readonly cholesky: number; readonly stayed: boolean };

export type Response = {
  readonly points: readonly ResponsePoint[];
  /** At `focus`, units spread evenly over the support. */
  readonly drives: readonly DriveRecord[];
  readonly spikes: readonly { readonly summed: number; readonly net: number; readonly switched: number }[];
  /** null when no two neighbouring λ's have an exact code. */
  readonly hysteresis: Hysteresis | null;
};

export type ResponseTask = {
  /** Falling. */
  readonly lambdas: readonly number[];
  /** Index of the λ at which units are driven and spiked. */
  readonly focus: number;
  readonly rectified: boolean;
  /** Units driven, and as many spiked. */
  readonly probes: number;
};

/** The rule of the codes from which the exact ones start: float32 proves no finer gap than 1e-5. */
export function responseRule({ rectified }: Pick<ResponseTask, "rectified">): CodingRule {
  return { threshold: { kind: "soft", rectified }, tolerance: 1e-5 };
}

/** The response of one noisy image along a path of λ's; the coder takes `responseRule`. */
export async function measureResponse(coder: Coder, image: Float32Array, task: ResponseTask): Promise<Response> {
  const net = networkOf(coder.dictionary);
  const rule = responseRule(task);
  const canvas = onCanvas(net, image);
  const points: ResponsePoint[] = [];
  const branch: Branch[] = [];
  let probed: Pick<Response, "drives" | "spikes"> = { drives: [], spikes: [] };
  const factor = openFactor(net);
  for await (const { lambda, code } of imagePath(coder, image, { lambdas: task.lambdas, rule })) {
    const problem: Problem = { image: canvas, lambda, rectified: task.rectified };
    const exact = exactCode(net, problem, { support: code.index, value: code.value, factor });
    const answer = exact && susceptibility(net, exact.support);
    const active = exact?.support.length ?? code.index.length;
    points.push({ lambda, active, chi: answer?.chi ?? null, slowest: answer?.slowest ?? null });
    if (exact) branch.push({ lambda, support: exact.support, value: exact.value });
    if (points.length - 1 === task.focus && exact && answer) {
      probed = probe(net, problem, { exact, diagonal: answer.diagonal, task });
    }
  }
  return { points, ...probed, hysteresis: hysteresis(net, image, branch, task.rectified) };
}

type Probing = { readonly exact: ExactCode; readonly diagonal: Float64Array; readonly task: ResponseTask };

function probe(net: Network, problem: Problem, { exact, diagonal, task }: Probing) {
  const { support } = exact;
  const count = Math.min(task.probes, support.length);
  const places = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * support.length) / count));
  const drives = places.flatMap((place): DriveRecord[] => {
    const found = driven(net, problem, exact, support[place]);
    return found ? [{ driven: found.response, cholesky: diagonal[place], stayed: found.stayed }] : [];
  });
  const spikes = places.flatMap((place) => {
    const found = spike(net, problem, exact, support[place]);
    return found ? [{ summed: found.summed, net: found.net, switched: found.switched }] : [];
  });
  return { drives, spikes };
}

/** Active units of each draw, and the overlaps of draws 0 and 1, 2 and 3, … */
export type Fluctuation = { readonly active: readonly number[]; readonly overlaps: readonly number[] };

/** Codes several noisy versions of one image, [draw, height, width, channels], at one λ. */
export async function measureFluctuation(
  coder: Coder,
  noisy: Tensor,
  { lambda, rule }: { readonly lambda: number; readonly rule: CodingRule },
): Promise<Fluctuation> {
  const codes: SparseCode[] = [];
  for await (const [{ code }] of eachImage(coder, noisy, { lambdas: [lambda], rule })) codes.push(code);
  const overlaps: number[] = [];
  for (let i = 1; i < codes.length; i += 2) overlaps.push(overlap(codes[i - 1], codes[i]));
  return { active: codes.map(({ index }) => index.length), overlaps };
}
