// A study small enough to run in a test: tiny images drawn by a formula, the reference coder, a store in memory.

import { draws, purpose } from "../../src/core/random.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import { blockPictures, type ImageSet } from "../../src/images/image-set.js";
import type { SizeName } from "../../src/study/axis.js";
import type { SweepItem } from "../../src/study/items/sweep.js";
import { studyRunner } from "../../src/study/local.js";
import type { PlanContext } from "../../src/study/plan.js";
import { presets } from "../../src/study/presets.js";
import type { StudySettings } from "../../src/study/settings.js";
import type { StudyContext, StudyProgress } from "../../src/study/study.js";
import { openSweeps, type Swept } from "../../src/study/swept.js";
import type { Points } from "../../src/tasks/points.js";
import { type Executor, inlineExecutor } from "../../src/work/executor.js";
import type { ItemStore } from "../../src/work/store.js";

export const settings: StudySettings = {
  seed: 3,
  data: "leaves",
  size: 8,
  layout: "nhwc",
  normalise: true,
  trainingImages: 60,
  testImages: 60,
  noise: 0.4,
  sizeAxis: "features",
  features: [4, 6],
  imageSizes: [],
  leftOut: [8],
  replicates: 2,
  atoms: "learned",
  patch: [4, 4],
  stride: [2, 2],
  boundary: "crop",
  rectified: true,
  learning: { ...presets.tiny.learning, lambda: 0.3, minibatch: 8, images: 48, heldOut: 20 },
  sweep: { tolerance: 0.02, largest: 4, factor: 1.4, smallest: 0.02, pilotImages: 20, below: 3 },
};

/** 8×8 grey pictures of one bright bar each. */
export function barImages(count: number): ImageSet {
  const block = new Uint8Array(2 * count * 64);
  for (let i = 0; i < 2 * count; i++) {
    const draw = draws({ seed: 1, purpose: purpose.test }, i);
    const upright = draw.uniform() < 0.5;
    const place = draw.whole(7);
    for (let p = 0; p < 64; p++) {
      const across = upright ? p % 8 : Math.floor(p / 8);
      block[i * 64 + p] = 60 + (across === place || across === place + 1 ? 120 : 0) + draw.whole(12);
    }
  }
  const half = count * 64;
  return {
    source: "leaves",
    citation: null,
    hash: "bars",
    height: 8,
    width: 8,
    channels: 1,
    training: blockPictures(block.subarray(0, half), 64),
    test: blockPictures(block.subarray(half), 64),
    warnings: [],
  };
}

/** Tasks done in this process by the readable loops; `log` gets every task's kind. */
export function loggingExecutor(log: string[] = [], workers = 1): Executor {
  const inline = inlineExecutor([referenceEngine()], () => 0);
  return {
    ...inline,
    workers,
    run(task, held, input) {
      log.push(task.kind);
      return inline.run(task, held, input);
    },
  };
}

export function memoryStore(results = new Map<string, unknown>()): ItemStore {
  return {
    async recordRound() {},
    claim: async () => async () => {},
    async has(item) {
      return results.has(item.id);
    },
    async read(item) {
      return (results.get(item.id) as never) ?? null;
    },
    async write(item, result) {
      results.set(item.id, result);
    },
    async readCheckpoints() {
      return [];
    },
    async writeCheckpoint() {},
  };
}

export const silent: StudyProgress = { onItem() {}, onRound() {}, onCurve() {} };

export const plan: PlanContext = {
  settings,
  family: "reference-1",
  images: { source: "leaves", citation: null, hash: "bars", height: 8, width: 8, channels: 1 },
};

export type ContextOptions = {
  readonly signal?: AbortSignal;
  readonly progress?: StudyProgress;
};

export function studyContext(store: ItemStore, executor: Executor, options: ContextOptions = {}): StudyContext {
  const { signal = new AbortController().signal, progress = silent } = options;
  const images = barImages(60);
  const tools = { images, executor, signal, onBegin() {}, onTraining() {}, now: () => 0 };
  return { ...plan, store, progress, runner: studyRunner(plan, store, tools) };
}

/** The sweep of a size from points as its items would have them, by replicate. */
export function sweptOf(parts: ReadonlyMap<number, readonly Points[]>, size: SizeName, of: PlanContext = plan): Swept {
  const read = [...parts].flatMap(([replicate, all]) =>
    all.map((points) => {
      const lambdas = [...new Set(points.lambda)].sort((a, b) => b - a);
      return { item: { ...size, replicate, lambdas } as unknown as SweepItem, points };
    }),
  );
  const sweeps = openSweeps(
    read.map(({ item }) => item),
    of,
  );
  return read.map(({ item, points }) => sweeps.add(item, points)).at(-1)!;
}
