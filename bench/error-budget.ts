/**
 * What each exponent's error is made of, from a finished study, in units of the exponent:
 *
 *   node bench/run.mjs error-budget -- STUDY [--from FOLDER] [--images 500] [--other STUDY]
 *
 *   interval    half the 95 % interval that the study states
 *   errors      the same if the law fitted: what is more in the interval is the scatter about the law
 *   images      the part of it that comes from the test images: w′C_i w, C_i of the curves averaged over seeds
 *   seeds       the rest, w′(C − C_i)w; beside it the slopes of single seeds
 *   window      the largest move by a window 3/4 or 4/3 as wide, or a polynomial of the next degree
 *   tolerance   the move when the first images are coded at a gap of 1e-3, near each minimum, with the first seed
 *   training    the slope of another study (trained at another λ, say) less this one's, with its interval
 *
 * w are the weights of the fit, b = Σ w_i ln y_i, held in all rows.
 */
import { parseArgs } from "node:util";
import { wasmEngine } from "../src/engine/wasm/engine.js";
import { readStudy } from "../src/node/app/results.js";
import { openImages } from "../src/node/data.js";
import { intervalText, significant, valueText } from "../src/report/numbers.js";
import { interior, minimumBy, type WindowRule } from "../src/scaling/bandwidth.js";
import { groupPooled, itemMeans, meansOf, type PooledCurves, poolCurves } from "../src/scaling/curves.js";
import { form } from "../src/scaling/linear.js";
import { linksFor } from "../src/scaling/link.js";
import { exponentOf, fitPowerLaw, slopeWeights } from "../src/scaling/powerlaw.js";
import { cubicsOf, readingOf } from "../src/scaling/reading.js";
import { tQuantile } from "../src/scaling/special.js";
import type { ExtremaSet, SizeData } from "../src/scaling/types.js";
import { curvesOf, extremaOf } from "../src/study/analyse.js";
import { compareStudies } from "../src/study/compare.js";
import { curveOf, type SizeCurves } from "../src/study/curves.js";
import { indexOf, lambdasBetween } from "../src/study/grid.js";
import { testBatch } from "../src/study/items/pictures.js";
import { geometryOf, noiseStream, type PlanContext, taskIn } from "../src/study/plan.js";
import { rows } from "../src/study/protocol/analyse.js";
import type { SizeResults } from "../src/study/study.js";
import type { Points } from "../src/tasks/points.js";
import { problemOf } from "../src/tasks/problems/registry.js";
import { sweep } from "../src/tasks/sweep.js";
import { toolbox } from "../src/work/task.js";
import { kernelModule } from "./data.js";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { from: { type: "string" }, images: { type: "string", default: "500" }, other: { type: "string" } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("name the folder of a finished study: error-budget -- STUDY");

/** The exponents, by the names of their data. */
const quantities = [
  ["percent active", "percentActive", "location"],
  ["percent error", "value", "value"],
  ["best λ", "location", "lambda"],
  ["active units", "activeUnits", "activeUnits"],
] as const;

const firstSeed = new Map<number, Points[]>();
const { sizes: results, plan } = await readStudy(folder, {
  onPoints({ features, replicate }, points) {
    if (replicate === 0) firstSeed.set(features, [...(firstSeed.get(features) ?? []), points]);
  },
});
const fitted = results.map((size) => curvesOf(size, plan)).filter(({ leftOut }) => !leftOut);
const { seed, replicates } = plan.settings;
const set = extremaOf(fitted, seed);
// Sizes without a minimum have no place among the weights.
const all = fitted.filter(({ systemSize }) =>
  set.extrema.some(({ size, status }) => size === systemSize && status === "interior"),
);
const rule = ruleOf(set);
const images = extremaOf(all.map(averaged), seed);
const otherwise = readOtherwise();
const exact = await recoded(Number(values.images));
const other = values.other === undefined ? null : await otherStudy(values.other);

console.log(
  `| exponent of | b | interval | errors | images | seeds | single seeds | window | tolerance, ${values.images} images | training |`,
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const [words, name, own] of quantities) {
  const data = set.data[name];
  const law = data && fitPowerLaw(data);
  if (!data || !law) {
    console.log(`| ${words} | none | | | | | | | | |`);
    continue;
  }
  const w = slopeWeights(data);
  const b = exponentOf(law);
  const byImages = variance(w, images.data[name]);
  const bySeeds = replicates > 1 ? Math.max(0, variance(w, data) - byImages) : null;
  const cells = [
    valueText(b),
    significant((b.high - b.low) / 2, 2),
    significant(tQuantile(0.975, data.dof) * Math.sqrt(variance(w, data)), 2),
    significant(1.96 * Math.sqrt(byImages), 2),
    bySeeds === null ? "not in it" : significant(tQuantile(0.975, data.dof) * Math.sqrt(bySeeds), 2),
    singleSeeds(name, w),
    significant(windowMove(name, w, data), 2),
    significant(
      sum(w, (i) => exact.map((one) => one.moves[name])[i]),
      2,
    ),
    trainingText(own),
  ];
  console.log(`| ${words} | ${cells.join(" | ")} |`);
}
console.log(`\nWindow: κ = ${rule.kappa}, degree ${rule.degree}, on the ${rule.link.scale}.`);
console.log(
  "\n| gap | κ | degree | slope of percent active | χ² of the power law | degrees of freedom | p |\n|---|---|---|---|---|---|---|",
);
console.log(fitsByWindow());
console.log(
  `\n| features | move of λ by a gap of 1e-3, % | of its half interval | of percent active, % | of its | of the error, % | of its |`,
);
console.log("|---|---|---|---|---|---|---|");
for (const [i, { features, moves }] of exact.entries()) {
  const cells = (["location", "percentActive", "value"] as const).flatMap((name) => {
    const data = set.data[name];
    const half = tQuantile(0.975, data.dof) * Math.sqrt(data.covariance[i][i]);
    return [significant(100 * moves[name], 2), significant(Math.abs(moves[name]) / half, 2)];
  });
  console.log(`| ${features} | ${cells.join(" | ")} |`);
}

/** w′Cw. */
function variance(w: readonly number[], { covariance }: SizeData): number {
  return form(w, covariance, w);
}

function sum(w: readonly number[], of: (i: number) => number): number {
  return w.reduce((total, weight, i) => total + weight * of(i), 0);
}

/** One curve per size: the mean of its seeds, image by image. */
function averaged({ curves, ...size }: SizeCurves): SizeCurves {
  const { average, items } = curves;
  return { ...size, curves: { ...curves, replicates: [{ replicate: 0, means: meansOf(average, items) }] } };
}

/** The rule by which the study's minima were read. */
function ruleOf({ window }: ExtremaSet): WindowRule {
  const link = linksFor([1]).find(({ scale }) => scale === window!.scale)!;
  return { kappa: window!.kappa, degree: window!.degree, link };
}

/** ln of each quantity at the minimum of each size's mean curve by a rule; null for a size without one. */
function readingsBy(by: WindowRule, curves: readonly PooledCurves[]): (Record<string, number> | null)[] {
  return groupPooled(curves, "log").map((group) => {
    const sized = minimumBy(by, { t: group.t, y: itemMeans(group.average.value, group.items) });
    if (interior({ sized: [sized] }).length === 0) return null;
    const reading = readingOf(cubicsOf(group, sized, 1));
    return { ...reading, value: Math.log(reading.value) };
  });
}

/** ln of each quantity by each other window by which all sizes have a minimum. */
function readOtherwise() {
  const changes: Partial<WindowRule>[] = [
    { kappa: 0.75 * rule.kappa },
    { kappa: rule.kappa / 0.75 },
    { degree: rule.degree + 1 },
  ];
  return changes.flatMap((change) => {
    const by = { ...rule, ...change };
    const readings = readingsBy(
      by,
      all.map(({ curves }) => curves),
    );
    return readings.every((reading) => reading !== null) ? [{ by, readings }] : [];
  });
}

/** χ² and p of the power law of percent active by each window and moved by the finer codes: whether these make a misfit. */
function fitsByWindow(): string {
  const data = set.data.percentActive;
  const finer = data.logs.map((log, i) => log + exact[i].moves.percentActive);
  const rows = [
    { by: rule, gap: "the study's", logs: data.logs },
    ...otherwise.map(({ by, readings }) => ({ by, gap: "the study's", logs: readings.map((r) => r.percentActive) })),
    { by: rule, gap: "moved to 1e-3", logs: finer },
  ];
  return rows
    .map(({ by, gap, logs }) => {
      const law = fitPowerLaw({ ...data, logs })!;
      return `| ${gap} | ${significant(by.kappa, 3)} | ${by.degree} | ${significant(law.b, 4)} | ${significant(law.chi2, 3)} | ${law.dof} | ${significant(law.inference.p!, 2)} |`;
    })
    .join("\n");
}

/** Largest move of the slope by another width of the window or degree. */
function windowMove(name: string, w: readonly number[], data: SizeData): number {
  const moves = otherwise.map(({ readings }) => sum(w, (i) => readings[i][name] - data.logs[i]));
  return moves.length === 0 ? Number.NaN : moves.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
}

/** The slopes of single seeds by the study's weights. */
function singleSeeds(name: string, w: readonly number[]): string {
  if (replicates === 1) return "one";
  const slopes = Array.from({ length: replicates }, (_, replicate) => {
    const readings = readingsBy(
      rule,
      all.map(({ curves }) => seedOf(curves, replicate)),
    );
    return readings.some((reading) => reading === null) ? Number.NaN : sum(w, (i) => readings[i]![name]);
  });
  return slopes.map((slope) => significant(slope, 4)).join(", ");
}

/** A single seed's mean curve, as one of one item. */
function seedOf(curves: PooledCurves, replicate: number): PooledCurves {
  const { means } = curves.replicates.find((one) => one.replicate === replicate)!;
  const average = Object.fromEntries(Object.entries(means).map(([name, row]) => [name, Float64Array.from(row)]));
  return { ...curves, items: 1, average, replicates: [{ replicate, means }] };
}

type Exact = { readonly features: number; readonly moves: Readonly<Record<string, number>> };

/** Each fitted size coded at a gap of 1e-3 near its minimum, and how that moves what is read off there. */
async function recoded(count: number): Promise<Exact[]> {
  const { settings } = plan;
  const set = await openImages({ ...settings, from: values.from, channels: plan.images.channels === 1 ? 1 : 3 });
  const moved: Exact[] = [];
  for (const size of results.filter(({ features }) => all.some((one) => one.features === features))) {
    const { mean } = all.find(({ features }) => features === size.features)!;
    const best = mean.lambda[mean.value.indexOf(Math.min(...mean.value))];
    const at = indexOf(settings.sweep, best);
    const grid = lambdasBetween(settings.sweep, at - 4, at + 5);
    const lambdas = grid.filter((lambda) => mean.lambda.includes(lambda));
    const parts = await exactly(size, { lambdas, count, set });
    const kept = new Set(parts.flatMap(({ image }) => [...image]));
    const before = firstSeed
      .get(size.features)!
      .map((part) => rows(part, (n) => lambdas.includes(part.lambda[n]) && kept.has(part.image[n])));
    const options = { geometry: geometryOf(plan, size), replicate: 0, measure: problemOf(settings.task).measure };
    const [old, now] = [before, parts].map(
      (points) => readingsBy(rule, poolCurves([curveOf(points, options)], "log"))[0],
    );
    const names = Object.keys(old ?? {});
    const move = (name: string) => (old && now ? now[name] - old[name] : Number.NaN);
    moved.push({ features: size.features, moves: Object.fromEntries(names.map((name) => [name, move(name)])) });
  }
  set.close?.();
  return moved;
}

type Recode = {
  readonly lambdas: readonly number[];
  readonly count: number;
  readonly set: Awaited<ReturnType<typeof openImages>>;
};

async function exactly(size: SizeResults, { lambdas, count, set }: Recode) {
  const { settings } = plan;
  const dictionary = { geometry: geometryOf(plan, size), atoms: size.atoms.get(0)! };
  const tools = toolbox([wasmEngine(kernelModule())], () => 0).hold(dictionary);
  const noise = { sigma: settings.noise, seed: settings.seed, stream: noiseStream(size, "test") };
  const rule = { threshold: { kind: "soft", rectified: settings.rectified }, tolerance: 1e-3 } as const;
  const parts = [];
  for (let from = 0; from < Math.min(count, settings.testImages); from += 50) {
    const batch = testBatch(set, { from, to: Math.min(count, settings.testImages, from + 50) });
    const norms = settings.normalise === false ? ({ norms: true } as const) : {};
    parts.push(await sweep.run(tools, { batch, noise, ...taskIn(settings), ...norms, lambdas, rule }));
  }
  return parts;
}

async function otherStudy(path: string) {
  const { sizes, plan: theirs }: { sizes: SizeResults[]; plan: PlanContext } = await readStudy(path);
  return compareStudies({ name: folder, results, plan }, { name: path, results: sizes, plan: theirs });
}

function trainingText(own: (typeof quantities)[number][2]): string {
  const difference = other?.[own].difference;
  return difference ? `${valueText(difference)} ${intervalText(difference)}` : "–";
}
