/**
 * The whole study: train → pilot → sweep → minima, round by round, until no
 * unit is left (plan.ts decides). Every unit is asked of the store first, so a
 * study goes on where it stopped; results do not depend on who worked, in what
 * order, or how often it was interrupted.
 */
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { TrainingState } from "../learning/train.js";
import type { Curve } from "../scaling/types.js";
import { allSizes, growsImages, nameOf, type SizeName, sameSize, sizeNumber } from "./axis.js";
import { curveOf, joined, type MeanCurve, meanCurve, missingPoints, type Pilot, pilotOf } from "./curves.js";
import { sameImages } from "./paired.js";
import { dictionaryUnit, firstRound, geometryOf, nextRound, type PlanContext } from "./plan.js";
import type { Points } from "./points.js";
import type { Made, ResultOf, ResultStore, Trained } from "./store.js";
import { trainUnitResult } from "./training.js";
import type { AtomsUnit, DictionaryUnit, TrainUnit, Unit } from "./unit.js";
import { atomsUnitResult, sweepUnitResult, type Workshop } from "./work.js";

/** What a study tells while it runs. */
export type StudyProgress = {
  onBegin(unit: Unit): void;
  onUnit(unit: Unit, cached: boolean): void;
  onTraining(unit: TrainUnit, state: TrainingState): void;
  onRound(round: number, units: readonly Unit[]): void;
  /** A size has a mean curve: of the pilot at first, of the sweep when it is complete. */
  onCurve(size: SizeName, curve: MeanCurve, provisional: boolean): void;
};

/** What a study is conducted with: plan, workers, store, listeners. */
export type StudyContext = PlanContext & {
  readonly workshop: Workshop;
  readonly store: ResultStore;
  readonly progress: StudyProgress;
  readonly signal: AbortSignal;
  /** Atoms of given dictionaries by their hash; what the store holds is not asked for again. */
  readonly given?: ReadonlyMap<string, Tensor>;
  /** Seconds on any clock that only rises. */
  now(): number;
};

/** Seconds of training between checkpoints. */
const checkpointSeconds = 20;

/** Everything measured of one size. */
export type SizeResults = SizeName & {
  /** Atoms by replicate, and how they came about: one of the two. Where images grow all sizes share them. */
  readonly atoms: Map<number, Tensor>;
  readonly trained: Map<number, Trained>;
  readonly made: Map<number, Made>;
  readonly pilot: Points[];
  readonly sweep: Map<number, Points[]>;
  /** Codings of a left-out size at the smaller sizes' best λ's. */
  readonly cost: Points[];
};

/** Runs every round that is still to do and returns the results of all sizes. */
export async function conductStudy(asked: StudyContext): Promise<SizeResults[]> {
  // A failure in one lane stops the others at their next checkpoint instead of at their end.
  const failing = new AbortController();
  const context = { ...asked, signal: AbortSignal.any([asked.signal, failing.signal]) };
  const sizes = emptySizes(context);
  const course: Course = { context, sizes, dictionaryOf: rememberedDictionaries(context, sizes), failing };
  let units = firstRound(context);
  for (let round = 1; units.length > 0; round++) {
    await context.store.recordRound(round, units);
    context.progress.onRound(round, units);
    await runUnits(units, course);
    units = nextRound(
      context,
      sizes.map((size) => ({
        ...nameOf(size),
        pilot: pilotCurve(size, context),
        sweep: sweepCurve(size, context),
        costed: size.cost.length > 0,
      })),
    );
  }
  return growsImages(context.settings) ? sameImages(sizes) : sizes;
}

function emptySizes({ settings }: PlanContext): SizeResults[] {
  const dictionaries = () => ({ atoms: new Map(), trained: new Map(), made: new Map() });
  const shared = growsImages(settings) ? dictionaries() : null;
  return allSizes(settings).map((name) => ({
    ...name,
    ...(shared ?? dictionaries()),
    pilot: [],
    sweep: new Map(),
    cost: [],
  }));
}

/** What every unit of a running study shares. */
type Course = {
  readonly context: StudyContext;
  readonly sizes: readonly SizeResults[];
  readonly dictionaryOf: (unit: DictionaryUnit) => Promise<Dictionary>;
  readonly failing: AbortController;
};

/** As many units at once as there are workers, taken in order; the first failure stops the taking. */
async function runUnits(units: readonly Unit[], course: Course): Promise<void> {
  const waiting = new Map<string, number>();
  for (const unit of units) waiting.set(groupOf(unit), (waiting.get(groupOf(unit)) ?? 0) + 1);
  const failures: unknown[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    while (next < units.length && failures.length === 0) {
      const unit = units[next++];
      await runUnit(unit, course).catch((failure) => {
        failures.push(failure);
        course.failing.abort();
      });
      const left = waiting.get(groupOf(unit))! - 1;
      waiting.set(groupOf(unit), left);
      if (left === 0 && failures.length === 0) announce(unit, course);
    }
  }
  await Promise.all(Array.from({ length: course.context.workshop.executor.workers }, lane));
  if (failures.length > 0) throw failures[0];
}

/** Units that complete one curve together. */
function groupOf(unit: Unit): string {
  return unit.kind === "sweep" ? `${sizeNumber(unit)} ${unit.role}` : unit.id;
}

async function runUnit(unit: Unit, { context, sizes, dictionaryOf }: Course): Promise<void> {
  if (unit.kind === "train" || unit.kind === "atoms") {
    await dictionaryOf(unit);
    return;
  }
  if (unit.kind !== "sweep") throw new CrispError("internal", `a unit of kind ${unit.kind} is no part of a round.`);
  const size = sizes.find((known) => sameSize(known, unit))!;
  const points = await stored(context, unit, async () => {
    const { atoms } = await dictionaryOf(dictionaryUnit(context, unit.features, unit.replicate));
    return sweepUnitResult(unit, { geometry: geometryOf(context, unit), atoms }, context.workshop);
  });
  if (unit.role === "pilot") size.pilot.push(points);
  else if (unit.role === "cost") size.cost.push(points);
  else size.sweep.set(unit.replicate, [...(size.sweep.get(unit.replicate) ?? []), points]);
}

/** Trains or takes each dictionary once and hands it to whoever asks, in whichever order they ask. */
function rememberedDictionaries(context: StudyContext, sizes: readonly SizeResults[]) {
  const known = new Map<string, Promise<Dictionary>>();
  async function make(unit: DictionaryUnit): Promise<Dictionary> {
    const size = sizes.find(({ features }) => features === unit.geometry.features)!; // any of those that share it
    const found = unit.kind === "train" ? await trained(unit, size) : await taken(unit, size);
    size.atoms.set(unit.replicate, found.atoms);
    return { geometry: unit.geometry, atoms: found.atoms };
  }
  async function trained(unit: TrainUnit, size: SizeResults): Promise<Trained> {
    const result = await stored(context, unit, () => trainWithCheckpoints(unit, context));
    size.trained.set(unit.replicate, result);
    return result;
  }
  async function taken(unit: AtomsUnit, size: SizeResults): Promise<Made> {
    const result = await stored(context, unit, async () => atomsUnitResult(unit, context.given ?? new Map()));
    size.made.set(unit.replicate, result);
    return result;
  }
  return (unit: DictionaryUnit): Promise<Dictionary> => {
    const dictionary = known.get(unit.id) ?? make(unit);
    known.set(unit.id, dictionary);
    return dictionary;
  };
}

/** The stored result of a unit, or `work`'s, stored. @throws CrispError `incomplete` before work that a stop forbids */
export async function stored<U extends Unit>(
  context: StudyContext,
  unit: U,
  work: () => Promise<ResultOf<U>>,
): Promise<ResultOf<U>> {
  const found = await context.store.read(unit);
  if (found === null) {
    stopIfAsked(context.signal);
    context.progress.onBegin(unit);
  }
  const result = found ?? (await work());
  if (found === null) await context.store.write(unit, result);
  context.progress.onUnit(unit, found !== null);
  return result;
}

/** Trains with checkpoints, so that a stop loses less than `checkpointSeconds` of work. */
export async function trainWithCheckpoints(unit: TrainUnit, context: StudyContext): Promise<Trained> {
  let saved = context.now();
  return trainUnitResult(unit, context.workshop, {
    from: await context.store.readCheckpoint(unit),
    async onState(state) {
      context.progress.onTraining(unit, state);
      const stopping = context.signal.aborted;
      if (!stopping && context.now() - saved < checkpointSeconds) return;
      saved = context.now();
      await context.store.writeCheckpoint(unit, state);
      stopIfAsked(context.signal);
    },
  });
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new CrispError("incomplete", "stopped before the end. Run the same command to go on.");
}

/** Mean curve of the pilot so far, null before it began. */
function pilotCurve(size: SizeResults, context: PlanContext): MeanCurve | null {
  return size.pilot.length === 0 ? null : pilotResult(size, context).mean;
}

/** The finished pilot: its mean curve and how well its images determine it. */
export function pilotResult(size: SizeResults, context: PlanContext): Pilot {
  return pilotOf(curveOf(size.pilot, geometryOf(context, size), 0));
}

/**
 * The mean curve of a size, continued by the codings that tell what borrowed
 * λ's cost. Those are of the first seed and the first images; so is the point
 * at which the two parts are joined.
 */
export function wideCurve(size: SizeResults, mean: MeanCurve, context: PlanContext): MeanCurve {
  if (size.cost.length === 0) return mean;
  return joined(mean, meanCurve([curveOf(size.cost, geometryOf(context, size), 0)]));
}

/** Mean curve of the sweep over seeds so far, null before it began. */
function sweepCurve(size: SizeResults, context: PlanContext): MeanCurve | null {
  return size.sweep.size === 0 ? null : meanCurve(sweepCurves(size, context));
}

/** One curve a seed. */
export function sweepCurves(size: SizeResults, context: PlanContext): Curve[] {
  const geometry = geometryOf(context, size);
  const replicates = [...size.sweep.keys()].sort((a, b) => a - b);
  return replicates.map((replicate) => curveOf(size.sweep.get(replicate)!, geometry, replicate));
}

function announce(unit: Unit, { context, sizes }: Course): void {
  if (unit.kind !== "sweep" || unit.role === "cost") return;
  const size = sizes.find((known) => sameSize(known, unit))!;
  const provisional = unit.role === "pilot";
  const curve = provisional ? pilotCurve(size, context) : sweepCurve(size, context);
  const open = provisional && curve !== null && missingPoints(curve, context.settings.sweep.below).lower > 0;
  if (curve && !open) context.progress.onCurve(nameOf(unit), curve, provisional);
}
