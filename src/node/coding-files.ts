/**
 * What `crisp encode` writes besides codes: the steps of an LCA as NDJSON, statistics of the
 * codes as JSON, and a drawing of either, .html or .svg.
 */
import { arch, cpus, platform } from "node:os";
import { CrispError } from "../core/errors.js";
import { type Geometry, positions } from "../core/geometry.js";
import { type LambdaStatistics, probePage, probeSvg, statisticsPage, statisticsSvg } from "../report/coding-report.js";
import type { PageOrigin } from "../report/page.js";
import type { Encoded } from "../tasks/encode.js";
import { codeStatistics } from "../tasks/statistics.js";
import { tracesOf } from "../tasks/trace.js";
import { replaceFile } from "./files.js";
import { reportFonts } from "./fonts.js";
import { packageVersion } from "./version.js";

/** Paths of the files that are wanted. */
export type CodingFiles = {
  /** NDJSON, one line an image and step. */
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
    throw new CrispError("usage", `${flag} is ${path}; a drawing is .html or .svg. Name it so.`);
  }
}

/** Writes what is wanted; `encoded` has one list of codings an image. */
export async function writeCodingFiles(
  files: CodingFiles,
  encoded: readonly (readonly Encoded[])[],
  of: { readonly geometries: readonly Geometry[]; readonly lambdas: readonly number[] },
): Promise<void> {
  const { probe, probePlot, stats, statsPlot } = files;
  if (probe !== undefined) await replaceFile(probe, probeLines(encoded));
  if (probePlot !== undefined) {
    const traces = tracesOf(encoded);
    const fonts = await reportFonts();
    const html = /html$/i.test(probePlot);
    await replaceFile(
      probePlot,
      html ? probePage(traces, { origin: pageOrigin(files.command), fonts }) : probeSvg(traces, fonts),
    );
  }
  if (stats === undefined && statsPlot === undefined) return;
  const found = statisticsOf(encoded, of);
  if (stats !== undefined)
    await replaceFile(stats, `${JSON.stringify({ schemaVersion: 1, lambdas: found }, null, 1)}\n`);
  if (statsPlot !== undefined) {
    const fonts = await reportFonts();
    const html = /html$/i.test(statsPlot);
    await replaceFile(
      statsPlot,
      html ? statisticsPage(found, { origin: pageOrigin(files.command), fonts }) : statisticsSvg(found, fonts),
    );
  }
}

function probeLines(encoded: readonly (readonly Encoded[])[]): string {
  const lines = encoded.flatMap((codings, image) =>
    codings.flatMap(({ steps = [] }) => steps.map((step) => JSON.stringify({ image, ...step }))),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** Images of several sizes have several numbers of positions; the frequencies count all. */
function statisticsOf(
  encoded: readonly (readonly Encoded[])[],
  { geometries, lambdas }: { readonly geometries: readonly Geometry[]; readonly lambdas: readonly number[] },
): readonly LambdaStatistics[] {
  const places = geometries.reduce((sum, geometry) => sum + positions(geometry), 0) / geometries.length;
  const network = { features: geometries[0].features, positions: places };
  return lambdas.map((lambda, l) => ({
    lambda,
    ...codeStatistics(
      encoded.map((codings) => codings[l].code),
      network,
    ),
  }));
}

/** This machine, this version, today. */
export function pageOrigin(command: string): PageOrigin {
  return {
    version: packageVersion(),
    machine: `${cpus()[0]?.model.trim() ?? "unknown"}, ${platform()} ${arch()}`,
    node: process.version,
    command,
    date: new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }),
  };
}
