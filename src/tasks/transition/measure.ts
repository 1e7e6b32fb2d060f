/**
 * Everything the transition's tests ask of one network and one noisy image: its
 * response along a few λ's, and its fluctuation over draws of the noise. Plain
 * records, so that they cross to workers and to the store.
 */
import type { Coder, Coding, CodingRule, SparseCode } from "../../coding/engine.js";
import { type Network, networkOf, onCanvas } from "../../coding/operator.js";
import { refine } from "../../coding/refine.js";
import { type ExactCode, exactCode, type Problem } from "./exact.js";
import { overlap } from "./fluctuation.js";
import { type Hysteresis, hysteresis } from "./hysteresis.js";
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
  readonly hysteresis: Hysteresis;
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

/** Gap of the codings that exact codes start from. */
const fine = 1e-7;
/** The kernel's own part of the way: float32 proves no more. */
const coarse = 1e-5;

/** The response of one noisy image along a path of λ's. */
export function measureResponse(coder: Coder, image: Float32Array, task: ResponseTask): Response {
  const net = networkOf(coder.dictionary);
  const threshold = { kind: "soft", rectified: task.rectified } as const;
  const rule: CodingRule = { threshold, tolerance: fine };
  const codings = Array.from(coder.path(image, task.lambdas, { threshold, tolerance: coarse }), ({ lambda, code }) =>
    refine(net, { image, code }, { lambda, rule }),
  );
  const canvas = onCanvas(net, image);
  const points: ResponsePoint[] = [];
  let probed: Pick<Response, "drives" | "spikes"> = { drives: [], spikes: [] };
  codings.forEach((coding, i) => {
    const problem: Problem = { image: canvas, lambda: coding.lambda, rectified: task.rectified };
    const exact = exactCode(net, problem, startOf(coding));
    const answer = exact && susceptibility(net, exact.support);
    const active = exact?.support.length ?? coding.code.index.length;
    points.push({ lambda: coding.lambda, active, chi: answer?.chi ?? null, slowest: answer?.slowest ?? null });
    if (i === task.focus && exact && answer) probed = probe(net, problem, { exact, diagonal: answer.diagonal, task });
  });
  return { points, ...probed, hysteresis: hysteresis(net, image, codings, rule) };
}

function startOf({ code }: Coding) {
  return { support: code.index, value: code.value };
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

/** Codes several noisy versions of one image at one λ. */
export function measureFluctuation(
  coder: Coder,
  noisy: readonly Float32Array[],
  task: { readonly lambda: number; readonly rule: CodingRule },
): Fluctuation {
  const codes: SparseCode[] = noisy.flatMap((image) =>
    Array.from(coder.path(image, [task.lambda], task.rule), ({ code }) => code),
  );
  const overlaps: number[] = [];
  for (let i = 1; i < codes.length; i += 2) overlaps.push(overlap(codes[i - 1], codes[i]));
  return { active: codes.map(({ index }) => index.length), overlaps };
}
