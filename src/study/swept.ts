/**
 * The sweep of a size, summed while its results are read. Of a seed's curve the statistics need its mean over images
 * at each λ; of single images only the averages over seeds, which the bootstrap draws from. So a seed is added to the
 * averages when all its items are there, seeds rising, since sums have one order, and then forgotten:
 *
 *   kept per λ and image   32 bytes, however many seeds there are
 *   waiting                24 bytes per λ and image of each seed that is there before the ones below it
 *
 * Where images grow, which images count is known only when every size is read (paired.ts): there seeds are kept.
 */
import { percentActive } from "../coding/metrics.js";
import { CrispError } from "../core/errors.js";
import { imageLength, systemSize } from "../core/geometry.js";
import { openPool, type PooledCurves } from "../scaling/curves.js";
import type { Points } from "../tasks/points.js";
import type { Measure } from "../tasks/problems/problem.js";
import { problemOf } from "../tasks/problems/registry.js";
import { growsImages, type SizeName, sizeNumber } from "./axis.js";
import type { MeanCurve } from "./curves.js";
import type { SweepItem } from "./items/sweep.js";
import { geometryOf, type PlanContext } from "./plan.js";
import { sureMeasure } from "./sure.js";

/** Codings, the largest gap among them, and how many missed the tolerance. */
export type Certificate = { readonly codings: number; readonly largestGap: number; readonly unconverged: number };

/** The sweep of one size: all seeds on one grid. */
export type Swept = {
  /** The study's measure as `value`, percent active and active units. */
  readonly measured: PooledCurves;
  /** SURE per value of an image as `value`, with the same companions; null where it estimates nothing. */
  readonly sure: PooledCurves | null;
  readonly certificate: Certificate;
  /** Test images that were coded, rising. */
  readonly images: Int32Array;
  /** Where images grow, the seeds of each part of the grid; else empty. */
  readonly parts: readonly (readonly SeedRows[])[];
};

/** What one seed gave on a part of the grid: matrices [λ][image], and per image the certificate of its codings. */
export type SeedRows = {
  readonly systemSize: number;
  readonly replicate: number;
  /** Rising. */
  readonly lambda: Float64Array;
  /** Rising. */
  readonly images: Int32Array;
  readonly value: Float64Array;
  readonly active: Float64Array;
  readonly sure: Float64Array | null;
  readonly largestGap: Float64Array;
  readonly unconverged: Int32Array;
};

/**
 * Takes the points of sweep items, in any order, and gives the part of a sweep that each item was the last of.
 *
 * @param items  of one round, or of one size: what all of one size and one λ path give is one part
 */
export function openSweeps(
  items: readonly SweepItem[],
  plan: PlanContext,
): { add(item: SweepItem, points: Points): Swept | null } {
  const open = new Map<string, ReturnType<typeof openPart>>();
  const paths = new Map<string, SweepItem[]>();
  for (const item of items) {
    const path = paths.get(pathOf(item)) ?? [];
    if (path.length === 0) paths.set(pathOf(item), path);
    path.push(item);
  }
  return {
    add(item, points) {
      const path = pathOf(item);
      const part = open.get(path) ?? openPart(paths.get(path)!, plan);
      open.set(path, part);
      part.add(item, points);
      const swept = part.close();
      if (swept) open.delete(path);
      return swept;
    },
  };
}

/** No two parts of a size's grid share a λ. */
function pathOf(item: SweepItem): string {
  return `${sizeNumber(item)} ${item.lambdas[0]}`;
}

/** One size on one λ path. */
function openPart(items: readonly SweepItem[], plan: PlanContext) {
  const left = new Map<number, number>();
  for (const { replicate } of items) left.set(replicate, (left.get(replicate) ?? 0) + 1);
  const order = [...left.keys()].sort((a, b) => a - b);
  const rows = new Map<number, SeedRows[]>();
  const sum = openSum(order.length);
  const read = readerOf(items[0], plan);
  const kept: SeedRows[] = [];
  let next = 0;
  return {
    add(item: SweepItem, points: Points): void {
      const { replicate } = item;
      const own = rows.get(replicate) ?? [];
      rows.set(replicate, own);
      own.push(rowsOf(item, points, read));
      left.set(replicate, left.get(replicate)! - 1);
      for (; next < order.length && left.get(order[next]) === 0; next++) {
        const seed = besides(rows.get(order[next])!);
        rows.delete(order[next]);
        sum.add(seed);
        if (growsImages(plan.settings)) kept.push(seed);
      }
    },
    close: (): Swept | null => (next < order.length ? null : { ...sum.close(), parts: kept.length > 0 ? [kept] : [] }),
  };
}

/** Adds seeds up, in the order in which they come. */
function openSum(count: number) {
  const pools = { measured: openPool(count), sure: openPool(count) };
  let first: SeedRows | undefined;
  let [codings, largestGap, unconverged] = [0, 0, 0];
  return {
    add(seed: SeedRows): void {
      first ??= seed;
      demandSameImages(first, seed);
      const { value, active, sure } = seed;
      const L = seed.systemSize;
      const curve = { size: L, replicate: seed.replicate, control: seed.lambda, items: seed.images.length };
      const percent = active.map((k) => percentActive(k, L));
      pools.measured.add({ ...curve, quantities: { value, percentActive: percent, activeUnits: active } });
      if (sure) pools.sure.add({ ...curve, quantities: { value: sure } });
      codings += value.length;
      for (const gap of seed.largestGap) largestGap = Math.max(largestGap, gap);
      for (const missed of seed.unconverged) unconverged += missed;
    },
    close(): Omit<Swept, "parts"> {
      const measured = pools.measured.close();
      const sure = first!.sure ? withCompanions(pools.sure.close(), measured) : null;
      return { measured, sure, certificate: { codings, largestGap, unconverged }, images: first!.images };
    },
  };
}

/** The companions are the same whatever is made small. */
function withCompanions(pool: PooledCurves, measured: PooledCurves): PooledCurves {
  return {
    ...pool,
    average: { ...measured.average, ...pool.average },
    replicates: pool.replicates.map((one, i) => ({
      ...one,
      means: { ...measured.replicates[i].means, ...one.means },
    })),
  };
}

/** What points are turned into numbers with. */
type Reader = {
  readonly systemSize: number;
  /** Of an image. */
  readonly values: number;
  readonly measure: Measure;
  readonly estimate: Measure | null;
};

function readerOf(size: SizeName, plan: PlanContext): Reader {
  const geometry = geometryOf(plan, size);
  const { measure, stein } = problemOf(plan.settings.task);
  const estimate = stein ? sureMeasure(plan.settings.noise) : null;
  return { systemSize: systemSize(geometry), values: imageLength(geometry), measure, estimate };
}

/** The points of one item as matrices. @throws CrispError `internal` unless every image was coded at every λ exactly once */
function rowsOf(item: SweepItem, points: Points, reader: Reader): SeedRows {
  const { values, measure, estimate } = reader;
  const lambdas = Float64Array.from(item.lambdas).sort();
  const images = Int32Array.from(new Set(points.image)).sort();
  const [rowOf, columnOf] = [placesIn(lambdas), placesIn(images)];
  const cells = lambdas.length * images.length;
  const value = new Float64Array(cells).fill(Number.NaN);
  const active = new Float64Array(cells);
  const sure = estimate && new Float64Array(cells);
  const largestGap = new Float64Array(images.length);
  const unconverged = new Int32Array(images.length);
  for (let n = 0; n < points.lambda.length; n++) {
    const column = columnOf(points.image[n]);
    const cell = rowOf(points.lambda[n]) * images.length + column;
    value[cell] = measure.of(points, n, values);
    active[cell] = points.active[n];
    if (sure) sure[cell] = estimate!.of(points, n, values);
    largestGap[column] = Math.max(largestGap[column], points.gap[n]);
    if (!points.converged[n]) unconverged[column]++;
  }
  if (points.lambda.length !== cells || value.some(Number.isNaN))
    throw new CrispError(
      "internal",
      `a sweep of ${lambdas.length} λ and ${images.length} images holds ${points.lambda.length} points.`,
    );
  const [{ replicate }, { systemSize: L }] = [item, reader];
  return { systemSize: L, replicate, lambda: lambdas, images, value, active, sure, largestGap, unconverged };
}

/** Places of values that mostly come one beside the other. */
function placesIn(values: Float64Array | Int32Array): (value: number) => number {
  let at = 0;
  return (value) => {
    if (values[at] === value) return at;
    at = values[at - 1] === value ? at - 1 : values.indexOf(value);
    return at;
  };
}

/** Rows of different images of one seed beside one another. */
function besides(parts: readonly SeedRows[]): SeedRows {
  const coded = parts.filter(({ images }) => images.length > 0).sort((a, b) => a.images[0] - b.images[0]);
  if (coded.length < 2) return coded[0] ?? parts[0];
  const [first] = coded;
  const width = coded.reduce((sum, { images }) => sum + images.length, 0);
  const joined = <A extends Float64Array | Int32Array>(whole: A, rows: number, of: (part: SeedRows) => A): A => {
    let at = 0;
    for (const part of coded) {
      const n = part.images.length;
      for (let row = 0; row < rows; row++) whole.set(of(part).subarray(row * n, (row + 1) * n), row * width + at);
      at += n;
    }
    return whole;
  };
  const rows = first.lambda.length;
  const matrix = (of: (part: SeedRows) => Float64Array) => joined(new Float64Array(rows * width), rows, of);
  return {
    ...first,
    images: joined(new Int32Array(width), 1, ({ images }) => images),
    value: matrix(({ value }) => value),
    active: matrix(({ active }) => active),
    sure: first.sure && matrix(({ sure }) => sure!),
    largestGap: joined(new Float64Array(width), 1, ({ largestGap }) => largestGap),
    unconverged: joined(new Int32Array(width), 1, ({ unconverged }) => unconverged),
  };
}

/** A sweep continued by another part of its grid. */
export function withPart(swept: Swept | null, part: Swept): Swept {
  if (swept === null) return part;
  demandSameImages(swept, part);
  const [a, b] = [swept.certificate, part.certificate];
  return {
    measured: withControls(swept.measured, part.measured),
    sure: swept.sure && withControls(swept.sure, part.sure!),
    certificate: {
      codings: a.codings + b.codings,
      largestGap: Math.max(a.largestGap, b.largestGap),
      unconverged: a.unconverged + b.unconverged,
    },
    images: swept.images,
    parts: [...swept.parts, ...part.parts],
  };
}

/** The controls of two pools of the same replicates and items in one order. */
function withControls(a: PooledCurves, b: PooledCurves): PooledCurves {
  const both = [a, b].flatMap((from) => Array.from(from.control, (control, row) => ({ control, from, row })));
  both.sort((x, y) => x.control - y.control);
  const { items } = a;
  const average = Object.fromEntries(
    Object.keys(a.average).map((name) => {
      const whole = new Float64Array(both.length * items);
      for (const [i, { from, row }] of both.entries())
        whole.set(from.average[name].subarray(row * items, (row + 1) * items), i * items);
      return [name, whole];
    }),
  );
  const replicates = a.replicates.map(({ replicate, means }, k) => ({
    replicate,
    means: Object.fromEntries(
      Object.keys(means).map((name) => [name, both.map(({ from, row }) => from.replicates[k].means[name][row])]),
    ),
  }));
  const signs = both.map(({ from, row }) => from.signs[row]);
  return { ...a, control: Float64Array.from(both, ({ control }) => control), average, replicates, signs };
}

/** Mean curve over images and seeds. */
export function meanOfSweep({ measured: { control, replicates } }: Swept): MeanCurve {
  const mean = (name: string) =>
    control.map((_, c) => replicates.reduce((sum, { means }) => sum + means[name][c], 0) / replicates.length);
  return { lambda: control, value: mean("value"), activeUnits: mean("activeUnits") };
}

/** A sweep of growing images summed again, with only those of its images that count. */
export function onImages(swept: Swept, counted: ReadonlySet<number>): Swept {
  if (swept.images.every((image) => counted.has(image))) return swept;
  const parts = swept.parts.map((seeds) => seeds.map((seed) => onlyColumns(seed, counted)));
  return parts.reduce<Swept | null>((whole, seeds) => {
    const sum = openSum(seeds.length);
    for (const seed of seeds) sum.add(seed);
    return withPart(whole, { ...sum.close(), parts: [seeds] });
  }, null)!;
}

function onlyColumns(seed: SeedRows, counted: ReadonlySet<number>): SeedRows {
  const kept = (_: number, cell: number) => counted.has(seed.images[cell % seed.images.length]);
  return {
    ...seed,
    images: seed.images.filter(kept),
    value: seed.value.filter(kept),
    active: seed.active.filter(kept),
    sure: seed.sure?.filter(kept) ?? null,
    largestGap: seed.largestGap.filter(kept),
    unconverged: seed.unconverged.filter(kept),
  };
}

function demandSameImages(a: Pick<Swept, "images">, b: Pick<Swept, "images">): void {
  if (a.images.length === b.images.length && a.images.every((image, i) => image === b.images[i])) return;
  throw new CrispError(
    "internal",
    `one seed was measured on ${a.images.length} images, another on ${b.images.length} or others.`,
  );
}
