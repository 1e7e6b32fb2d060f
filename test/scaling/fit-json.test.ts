/** docs/fit-json.md against real records: the same fields, no more and no fewer. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { fitCrossingColumns } from "../../src/scaling/crossing-table.js";
import { fitTable, type TableRow } from "../../src/scaling/table.js";
import { plantedCrossing } from "./crossing-planted.js";
import { plantedCurves } from "./planted.js";

const power = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05, replicates: 3 };
const rows = plantedCurves(power).flatMap(({ size, replicate, control, quantities }): TableRow[] =>
  Array.from(control, (x, i) => ({ size, replicate, control: x, value: quantities.value[i], x: 3 / x })),
);

const record = fitTable(rows);

/** Paths in the form of the page: lists as [], models' parameters as {}, estimates and small records as a whole. */
function paths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    const plain = value.length === 0 || typeof value[0] !== "object" || Array.isArray(value[0]);
    return plain ? [path] : [...new Set(value.flatMap((one) => paths(one, `${path}[]`)))];
  }
  if (typeof value !== "object" || value === null || "low" in value) return [path];
  if (path.endsWith("parameters")) return [`${path}{}`];
  if (whole.some((name) => path.endsWith(name))) return [path];
  return Object.entries(value).flatMap(([name, inner]) => paths(inner, path === "" ? name : `${path}.${name}`));
}

/** Described in one row of the page, their parts in words. */
const whole = [
  "law",
  "powerLaw",
  "localSlopes[]",
  "companions",
  "point",
  "gaussianProcess",
  "statistical",
  "slopeFrom[].location",
  "slopeFrom[].value",
  "heldOut.location",
  "heldOut.value",
  "leaveOneOut[].location",
  "leaveOneOut[].value",
];

function documented(section: string): string[] {
  return [...section.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap((row) =>
    [...row[1].matchAll(/`([^`]+)`/g)].map((name) => name[1]),
  );
}

const page = readFileSync(resolve(import.meta.dirname, "../../docs/fit-json.md"), "utf8");
const [extremaPage, crossingPart] = page.split("## Curves that cross");
const [recordPart, fitPart] = extremaPage.split("A *fit*");

test("docs/fit-json.md names the fields of a record, and no others", () => {
  const { location, value, x, ...rest } = record;
  const found = [...paths(rest, ""), "location", "value", "x"];
  // `report` and `names` are added by the command.
  const written = documented(recordPart).filter((name) => name !== "report" && name !== "names");
  // `collapse` itself has a row for when it is null.
  expect(written.filter((name) => name !== "collapse").sort()).toEqual([...new Set(found)].sort());
  for (const fit of [location, value, x!])
    expect(documented(fitPart).sort()).toEqual([...new Set(paths(fit, ""))].sort());
});

test("it names the fields of a record of crossings, and no others", () => {
  const columns = plantedCrossing({ stated: true, b: 0.4, sizes: [8, 16, 32], points: 11 });
  const record = fitCrossingColumns(columns, { valueExponent: "free" });
  const written = documented(crossingPart).filter((name) => !["report", "collapse", "names"].includes(name));
  expect(written.sort()).toEqual([...new Set(paths(record, ""))].sort());
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
});

test("the parts told in words are there", () => {
  const keys = (value: object | null | undefined): string[] => Object.keys(value ?? {}).sort();
  expect(keys(record.collapse!.gaussianProcess)).toEqual(["a", "b", "critical", "logLikelihood", "points"]);
  expect(keys(record.location.powerLaw)).toEqual(["amplitude", "band", "exponent"]);
  expect(keys(record.slopeFrom[0].location)).toEqual(["exponent", "p"]);
  expect(keys(record.heldOut!.value)).toEqual(["difference", "measured", "predicted"]);
  expect(keys(record.leaveOneOut[0].location)).toEqual(["difference", "measured", "predicted"]);
  expect(keys(record.heldOut!.value!.difference)).toEqual(["p", "relative"]);
  expect(keys(record.extrema[0].companions)).toEqual(["x"]);
});

test("a record is JSON without loss: every number is finite", () => {
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
});
