/**
 * What `crisp encode` writes besides codes: the steps of an LCA as NDJSON, statistics of the
 * codes as JSON, and a drawing of either, .html or .svg.
 */
import { CrispError } from "../core/errors.js";
import { type Geometry, positions } from "../core/geometry.js";
import { type LambdaStatistics, probePage, probeSvg, statisticsPage, statisticsSvg } from "../report/coding-report.js";
import type { Encoded } from "../tasks/encode.js";
import { openStatistics } from "../tasks/statistics.js";
import { openTraces, type Trace } from "../tasks/trace.js";
import type { Platform } from "./platform.js";

/** Paths of the files that are wanted. */
export type CodingFiles = {
  /** NDJSON, one line per image and step. */
  readonly probe?: string;
  readonly probePlot?: string;
  /** JSON. */
  readonly stats?: string;
  readonly statsPlot?: string;
  /** The command, for the drawings. */
  readonly command: string;
};

/** Throws `usage` for a drawing that is neither .html nor .svg. */
export function checkCodingFiles({ probePlot, statsPlot }: CodingFiles): void {
  for (const [flag, path] of [
    ["--probe-plot", probePlot],
    ["--stats-plot", statsPlot],
  ] as const) {
    if (path === undefined || /\.(html|svg)$/i.test(path)) continue;
    throw new CrispError("usage", `${flag} is ${path}; the name of a drawing must end in .html or .svg. Rename it.`);
  }
}

/** The files while images are coded: each image is taken in and let go. */
export type CodingWriter = {
  /** Takes the next image's codings, in the order of the λ's. */
  add(codings: readonly Encoded[], geometry: Geometry): Promise<void>;
  /** Writes what is wanted. */
  finish(): Promise<void>;
  /** Leaves nothing behind that is not finished. */
  discard(): Promise<void>;
};

/** Opens what is wanted. The lines of a probe go to its temporary file at once; of the rest sums are kept. */
export async function openCodingFiles(
  files: CodingFiles,
  of: { readonly features: number; readonly lambdas: readonly number[] },
  platform: Platform,
): Promise<CodingWriter> {
  const { lambdas, features } = of;
  const probe = files.probe === undefined ? null : await platform.files.grow(files.probe);
  const traces = files.probePlot === undefined ? null : openTraces(lambdas);
  const wanted = files.stats !== undefined || files.statsPlot !== undefined;
  const statistics = wanted ? lambdas.map(() => openStatistics(features)) : [];
  let image = 0;
  return {
    async add(codings, geometry) {
      await probe?.append(probeLines(codings, image++));
      traces?.add(codings);
      const places = positions(geometry);
      for (const [l, sums] of statistics.entries()) sums.add(codings[l].code, places);
    },
    async finish() {
      await probe?.finish();
      if (traces) await drawTraces(files, traces.result(), platform);
      if (wanted)
        await writeStatistics(
          files,
          statistics.map((sums, l) => ({ lambda: lambdas[l], ...sums.result() })),
          platform,
        );
    },
    discard: async () => probe?.discard(),
  };
}

function probeLines(codings: readonly Encoded[], image: number): string {
  const lines = codings.flatMap(({ steps = [] }) => steps.map((step) => `${JSON.stringify({ image, ...step })}\n`));
  return lines.join("");
}

async function drawTraces(
  { probePlot, command }: CodingFiles,
  traces: readonly Trace[],
  platform: Platform,
): Promise<void> {
  const fonts = await platform.fonts();
  const html = /html$/i.test(probePlot!);
  const text = html ? probePage(traces, { origin: platform.origin(command), fonts }) : probeSvg(traces, fonts);
  await platform.files.replace(probePlot!, text);
}

async function writeStatistics(
  { stats, statsPlot, command }: CodingFiles,
  found: readonly LambdaStatistics[],
  platform: Platform,
): Promise<void> {
  if (stats !== undefined)
    await platform.files.replace(stats, `${JSON.stringify({ schemaVersion: 1, lambdas: found }, null, 1)}\n`);
  if (statsPlot === undefined) return;
  const fonts = await platform.fonts();
  const html = /html$/i.test(statsPlot);
  const text = html ? statisticsPage(found, { origin: platform.origin(command), fonts }) : statisticsSvg(found, fonts);
  await platform.files.replace(statsPlot, text);
}
