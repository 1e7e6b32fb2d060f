/** `crisp compare A B`: two finished studies side by side; with a folder, the record, figures and a page in it. */
import { CrispError } from "../core/errors.js";
import { compareFigures, compareReport } from "../report/compare.js";
import { compareStudies } from "../study/compare.js";
import type { CompareRecord } from "../study/compare-record.js";
import { problemOf } from "../tasks/problems/registry.js";
import type { Platform } from "./platform.js";
import { readStudy } from "./read-study.js";
import { writeRecordFile } from "./record-file.js";

/** Two folders of finished studies. */
export type CompareRequest = {
  readonly first: string;
  readonly second: string;
  /** Folder for compare.json, report.html and figures/. */
  readonly out?: string;
  readonly command: string;
};

/** @throws CrispError `incomplete` for an unfinished study, `usage` for two that measured different things */
export async function compareFolders(
  { first, second, out, command }: CompareRequest,
  platform: Platform,
): Promise<CompareRecord> {
  const { files } = platform;
  const read = async (folder: string) => {
    const { sizes, plan } = await readStudy(folder, platform);
    return { name: files.paths.basename(files.paths.resolve(folder)), results: sizes, plan };
  };
  const [a, b] = [await read(first), await read(second)];
  const [of, other] = [a, b].map(({ plan }) => problemOf(plan.settings.task).measure.name);
  if (of !== other || a.plan.settings.sizeAxis !== b.plan.settings.sizeAxis)
    throw new CrispError(
      "usage",
      `${first} makes the ${of} small and grows its ${a.plan.settings.sizeAxis}, ${second} the ${other} and its ${b.plan.settings.sizeAxis}; only studies of one measure and one axis can be compared. Name two of the same kind.`,
    );
  const record = compareStudies(a, b);
  if (out === undefined) return record;
  const { join, resolve } = files.paths;
  const input = { record, provenance: platform.origin(command), fonts: await platform.fonts() };
  await writeRecordFile(join(resolve(out), "compare.json"), record, files);
  for (const [name, svg] of Object.entries(compareFigures(input)))
    await files.replace(join(resolve(out), "figures", name), svg);
  await files.replace(join(resolve(out), "report.html"), compareReport(input));
  return record;
}
