/**
 * Asks the workers for what the state shows, and keeps what came. Three lanes, each with a worker of its own: the
 * coding at the chosen λ, which must follow a slider; the curves of all sizes, chosen size first; the LCA.
 * Whatever no longer fits the state is given up.
 */
import type { SparseCode } from "../../coding/engine.js";
import { CrispError } from "../../core/errors.js";
import type { Client } from "../client.js";
import type { LcaPoint } from "../lca.js";
import type { PathPoint } from "../path.js";
import { curveLambdas, hasRisen, type SizeCurve } from "./curve.js";
import type { Sample } from "./pictures.js";
import { featureSizes, lcaSteps, type State } from "./state.js";
import type { Stock } from "./stock.js";

/** A coding with its code and reconstruction, and the choice that it belongs to. */
export type Here = Required<PathPoint> & { readonly features: number; readonly sample: Sample };

/** The LCA after a number of steps; of its potentials those of the units that are drawn (all would be 70 MB). */
export type SettlingStep = Omit<Extract<LcaPoint, { kind: "step" }>, "kind" | "potential"> & {
  /** V, in the order of `units`. */
  readonly potentials: readonly number[];
};

/** The LCA as far as it has run. */
export type Settling = {
  /** The choice that it belongs to. */
  readonly key: string;
  readonly lambda: number;
  readonly features: number;
  readonly sample: Sample;
  readonly minimum: Extract<LcaPoint, { kind: "minimum" }> | null;
  /** Twelve units of the final code, from strong to weak. */
  readonly units: readonly number[];
  readonly steps: readonly SettlingStep[];
  readonly running: boolean;
  /** Why it ended before its last step; null where it did not. */
  readonly trouble: string | null;
};

/** All that was measured. */
export type Results = {
  readonly here: Here | null;
  readonly curves: ReadonlyMap<number, SizeCurve>;
  readonly settling: Settling | null;
  /** Why coding fails; null while it does not. */
  readonly trouble: string | null;
};

/** So many units of a code, evenly spaced among all from the strongest to the weakest. */
const drawnUnits = 12;

function spreadUnits({ index, value }: SparseCode): readonly number[] {
  const ranked = [...index.keys()].sort((a, b) => value[b] - value[a]);
  const count = Math.min(drawnUnits, ranked.length);
  return Array.from({ length: count }, (_, i) => index[ranked[Math.floor(((i + 0.5) * ranked.length) / count)]]);
}

/** What the measuring needs. */
type Means = { readonly client: Client; readonly stock: Stock; onChange(results: Results): void };

/** Everything that a coding at one λ depends on. */
export function codingKey({ lambda, sigma, features, seed }: State, { picture }: Sample): string {
  return [picture.key, lambda, sigma, features, seed].join();
}

/** Whether work ended because other work took its place. */
function isGivenUp(error: unknown): boolean {
  return error instanceof CrispError && error.code === "incomplete";
}

function spokenError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Follows states; `settle` runs the LCA for one. */
export function openMeasuring({ client, stock, onChange }: Means) {
  let results: Results = { here: null, curves: new Map(), settling: null, trouble: null };
  let asked = { coding: "", curves: "", features: 0, round: 0 };
  let settlings = 0;
  /** Whether the curves were left unfinished by an error; they begin again with the next move, not by themselves. */
  let curvesBroke = false;

  function change(part: Partial<Results>): void {
    results = { ...results, ...part };
    onChange(results);
  }

  /** Reports what went wrong, unless the work was only given up. */
  function tell(error: unknown): void {
    if (isGivenUp(error)) return;
    change({ trouble: spokenError(error) });
  }

  async function codeHere(state: State, sample: Sample): Promise<void> {
    const { features, lambda, sigma, seed } = state;
    const input = {
      dictionary: stock.dictionary(features, sample.picture),
      clean: sample.clean,
      noise: { sigma, seed },
      lambdas: [lambda],
      keep: true,
    };
    const onPoint = (point: PathPoint) =>
      change({ here: { ...(point as Required<PathPoint>), features, sample }, trouble: null });
    await client.ask("path", input, { lane: "here", onPoint });
  }

  async function measureCurves(state: State, sample: Sample): Promise<void> {
    const round = ++asked.round;
    const order = [state.features, ...featureSizes.filter((size) => size !== state.features)];
    for (const features of order) {
      if (results.curves.get(features)?.done) continue;
      await measureCurve(features, state, { sample, isCurrent: () => round === asked.round });
      if (round !== asked.round) return;
    }
  }

  async function measureCurve(
    features: number,
    { sigma, seed }: State,
    { sample, isCurrent }: { sample: Sample; isCurrent(): boolean },
  ): Promise<void> {
    const enough = new AbortController();
    const points: PathPoint[] = [];
    const show = (done: boolean) =>
      change({ curves: new Map(results.curves).set(features, { features, points: [...points], done }) });
    const input = {
      dictionary: stock.dictionary(features, sample.picture),
      clean: sample.clean,
      noise: { sigma, seed },
      lambdas: curveLambdas,
    };
    const onPoint = (point: PathPoint) => {
      if (!isCurrent() || enough.signal.aborted) return;
      points.push(point);
      if (hasRisen(points)) enough.abort();
      show(false);
    };
    try {
      await client.ask("path", input, { lane: "curves", signal: enough.signal, onPoint });
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    }
    if (isCurrent()) show(true);
  }

  async function settle(state: State, sample: Sample): Promise<void> {
    const { lambda, features } = state;
    const of = { key: codingKey(state, sample), lambda, features, sample };
    let settling: Settling = { ...of, minimum: null, units: [], steps: [], running: true, trouble: null };
    const show = (part: Partial<Settling>) => {
      settling = { ...settling, ...part };
      change({ settling });
    };
    const own = ++settlings;
    show({});
    const onPoint = (point: LcaPoint) => {
      if (point.kind === "minimum") return show({ minimum: point, units: spreadUnits(point.code) });
      const { kind: _, potential, ...step } = point;
      const potentials = settling.units.map((unit) => potential[unit]);
      show({ steps: [...settling.steps, { ...step, potentials }] });
    };
    const dictionary = stock.dictionary(features, sample.picture);
    const input = { dictionary, image: sample.noisy, lambda, steps: lcaSteps };
    try {
      await client.ask("lca", input, { lane: "lca", onPoint });
      show({ running: false });
    } catch (error) {
      // Of a run that gave way to another nothing is shown any more.
      if (own === settlings) show({ running: false, trouble: spokenError(error) });
    }
  }

  return {
    /** Asks for what this state lacks. */
    follow(state: State, sample: Sample): void {
      const coding = codingKey(state, sample);
      const curves = codingKey({ ...state, lambda: 0, features: 0 }, sample);
      if (coding !== asked.coding) codeHere(state, sample).catch(tell);
      if (curves !== asked.curves) results = { ...results, curves: new Map() };
      const lacking = state.features !== asked.features && !results.curves.get(state.features)?.done;
      const again = curvesBroke && coding !== asked.coding;
      if (curves !== asked.curves || lacking || again) {
        curvesBroke = false;
        measureCurves(state, sample).catch((error) => {
          curvesBroke ||= !isGivenUp(error);
          tell(error);
        });
      }
      asked = { ...asked, coding, curves, features: state.features };
    },
    settle: (state: State, sample: Sample): void => void settle(state, sample),
  };
}
