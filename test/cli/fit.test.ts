// `crisp fit TABLE` as a user runs it: planted laws, JSON, the files of --out, and bad input.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { plantedCrossing } from "../scaling/crossing-planted.js";
import { plantedCurves } from "../scaling/planted.js";
import { crisp, emptyFolder } from "./process.js";

type Planted = Parameters<typeof plantedCurves>[0];
const power = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05, replicates: 3 };

function table(planted: Planted = power): string {
  const lines = plantedCurves(planted).flatMap(({ size, replicate, control, quantities }) =>
    Array.from(control, (x, i) => `${size},${x},${quantities.value[i]},${replicate}`),
  );
  return `size,control,value,replicate\n${lines.join("\n")}\n`;
}

function crossing(): string {
  const { size, control, value, error } = plantedCrossing({ stated: true });
  const lines = Array.from(size, (L, i) => `${L},${control![i]},${value[i]},${error![i]}`);
  return `size,control,value,error\n${lines.join("\n")}\n`;
}

async function fit(content: string, words: readonly string[] = [], name = "table.csv") {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, name), content);
  return { cwd, ...(await crisp(["fit", name, ...words], { cwd })) };
}

const bare = ["size,control,value", ...[8, 16, 32, 64].map((size) => `${size},1,${size ** -0.5}`)].join("\n");

describe("crisp fit of a table", () => {
  it("finds planted exponents, as text and as JSON", async () => {
    const { status, stdout, stderr } = await fit(table());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/Location: a power law, exponent −0\.7[45]\d* \[/);
    expect(stdout).toMatch(/Size 128 predicted from the smaller ones: .*\(agrees, p = /);
    expect(stdout).toMatch(/Every size predicted from the others: location off by /);
    expect(stdout).toMatch(/Collapse: a = −0\.7/);
    const json = JSON.parse((await fit(table(), ["--json"])).stdout);
    expect(Math.abs(json.location.exponent.value + 0.75)).toBeLessThan(0.02);
    expect([json.schemaVersion, json.location.verdict, json.extrema.length]).toEqual([1, "power-law", 8]);
  });

  it("--laws and --exclude decide what competes, and know their words", async () => {
    const { stdout } = await fit(table(), ["--exclude", "log-power-law, saturation", "--json"]);
    const json = JSON.parse(stdout);
    expect(json.options.exclude).toEqual(["log-power-law", "saturation"]);
    const names = json.value.models.map(({ name }: { name: string }) => name);
    expect(names).toContain("power-law");
    expect(names).not.toContain("log-power-law");
    const wrong = await fit(table(), ["--laws", "power-law,log-powr-law"]);
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toMatch(/--laws: law log-powr-law is unknown; .*Did you mean log-power-law\?/);
  });

  it("--out writes fit.json, the report and the figures", async () => {
    const { status, stdout, cwd } = await fit(table(), ["--out", "found", "--json"]);
    expect(status).toBe(0);
    const { report, ...record } = JSON.parse(stdout);
    expect(report).toBe(resolve(cwd, "found/report.html"));
    expect(JSON.parse(readFileSync(join(cwd, "found/fit.json"), "utf8"))).toEqual(record);
    expect(readdirSync(join(cwd, "found/figures"))).toContain("collapse-after.svg");
    const html = readFileSync(report, "utf8").replace(/base64,[A-Za-z0-9+/=]+/g, "");
    expect(html).toContain("The location follows a power law in size.");
    expect(html.match(/.{20}\b(NaN|undefined|null|Infinity)\b.{20}/)).toBeNull();
  });

  it.each([
    ["one size", table({ ...power, sizes: [8] }), "too-few-sizes", "too-few-sizes"],
    ["three sizes", table({ ...power, sizes: [8, 16, 32] }), "too-few-sizes", "too-few-sizes"],
    ["identical values", table().replace(/^(\d+,[^,]+),[^,]+/gm, "$1,3"), "no-extremum", "no-extremum"],
    ["an extremum at the edge", table().replace(/^(\d+),([^,]+),[^,]+/gm, "$1,$2,$2"), "no-extremum", "no-extremum"],
    ["one bare value a size", bare, "no-extremum", "undecided"],
    [
      "sizes that differ by rounding",
      `${table()}${table({ ...power, repeat: 1 })
        .split("\n")
        .slice(1)
        .join("\n")
        .replace(/^(\d+),(.*),(\d)$/gm, "$1.0000000001,$2,1$3")}`,
      "power-law",
      "power-law",
    ],
    [
      "negative controls",
      table().replace(/^(\d+),([^,]+)/gm, (_all, size, x) => `${size},${Math.log(Number(x))}`),
      "undecided",
      "power-law",
    ],
  ])("of %s gives a plain verdict and no NaN", async (claim, content, location, value) => {
    const words = claim === "negative controls" ? ["--control-scale", "linear"] : [];
    const { status, stdout } = await fit(content, [...words, "--json", "--out", "o"]);
    expect(status).toBe(value === "no-extremum" ? 5 : 0);
    const json = JSON.parse(stdout);
    expect([json.location.verdict, json.value.verdict]).toEqual([location, value]);
    if (location !== "power-law") expect(json.location.exponent).toBeNull();
    expect(json.location.reason + json.value.reason).not.toMatch(/NaN|undefined/);
  });

  it("reads columns under other names, as stated or as recognised with a note", async () => {
    const [, ...rows] = table().split("\n");
    const named = (head: string) => [head, ...rows].join("\n");
    const told = await fit(named("a,b,c,d"), ["--columns", "size=a,control=b,value=c,replicate=d", "--json"]);
    expect({ status: told.status, stderr: told.stderr }).toEqual({ status: 0, stderr: "" });
    expect(Math.abs(JSON.parse(told.stdout).location.exponent.value + 0.75)).toBeLessThan(0.02);
    const known = await fit(named("L,T,chi,run"), ["--json"]);
    expect(known.stdout).toBe(told.stdout);
    expect(known.stderr).toBe(
      "note: table.csv: took L as size, T as control, chi as value, run as replicate. Say otherwise with --columns.\n",
    );
  });

  it("counts repeated rows and leaves them out", async () => {
    const text = table();
    const { status, stderr } = await fit(text + text.split("\n").slice(1, 4).join("\n"));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "warning: 3 rows left out: each repeats another one.\n" });
  });

  it.each([
    ["an empty table", "", [], 3, "table.csv is empty"],
    ["a misspelt column", "size,control,vlaue\n1,2,3\n", [], 3, "Did you mean value by vlaue?"],
    ["text in a number", "size,control,value\n8,1,2\n8,2,x\n", [], 3, 'table.csv, line 3: value is "x"'],
    [
      "two values of one point",
      "size,control,value\n8,1,2\n8,1,3\n",
      [],
      3,
      "table.csv: size 8, control 1, replicate 0 (rows 1 and 2 of numbers) has two values, 2 and 3",
    ],
    ["a logarithm of a negative control", "size,control,value\n8,-1,2\n8,1,3\n", [], 3, "Choose the linear scale"],
    ["an unknown extremum", table(), ["--extremum", "mix"], 2, "--extremum is mix; it must be min, max, none"],
    ["an unknown column", table(), ["--columns", "sise=L"], 2, "Did you mean size?"],
    ["a column that is not there", table(), ["--columns", "size=L"], 3, "no column L, which is to be size"],
    ["an unknown scale", table(), ["--control-scale", "liner"], 2, "Did you mean linear?"],
    ["options of crossings without --extremum none", table(), ["--scaled-range", "-1,1"], 2, "for curves that cross"],
    [
      "the log scale with --extremum none",
      table(),
      ["--extremum", "none", "--control-scale", "log"],
      2,
      "Leave --control-scale out",
    ],
    ["a scaled range the wrong way round", table(), ["--extremum", "none", "--scaled-range", "1,-1"], 2, "Write -1,1."],
    ["a correction that does not fade", table(), ["--extremum", "none", "--correction", "0"], 2, "above 0"],
    ["a critical point that is not a number", table(), ["--critical", "Tc"], 2, "--critical: Tc was given"],
    [
      "sizes-from beyond all sizes",
      table(),
      ["--sizes-from", "1e6"],
      3,
      "no size is at least 1000000; the largest is 128",
    ],
  ] as const)("refuses %s", async (_claim, content, words, code, says) => {
    const { status, stdout, stderr, cwd } = await fit(content, [...words, "--out", "o"]);
    expect({ status, stdout }).toEqual({ status: code, stdout: "" });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
    expect(existsSync(join(cwd, "o"))).toBe(false);
  });

  it("ends with status 5 where nothing is found, after the record", async () => {
    const falling = [8, 16, 32].flatMap((size) => [1, 2, 3, 4, 5, 6].map((x) => `${size},${x},${size / x}`));
    const rows = ["size,control,value", ...falling].join("\n");
    for (const words of [[], ["--extremum", "max"], ["--extremum", "none"]]) {
      const { status, stdout, stderr } = await fit(rows, [...words, "--json"]);
      expect([words, status]).toEqual([words, 5]);
      expect(stderr).toMatch(/error: table\.csv: nothing was found: no /);
      expect(JSON.parse(stdout).collapse?.point ?? null).toBeNull();
    }
    expect((await fit("size,value\n8,1\n16,2\n")).status).toBe(5);
    // Noise: its best collapse leaves x_c and ν undetermined.
    const draw = draws({ seed: 3, purpose: purpose.test }, 1);
    const noise = [8, 16, 32, 64].flatMap((size) =>
      Array.from({ length: 15 }, (_, x) => `${size},${x + 1},${3 + draw.gaussian()}`),
    );
    for (const words of [[], ["--extremum", "none"]]) {
      const { status, stderr } = await fit(["size,control,value", ...noise].join("\n"), words);
      expect([words, status]).toEqual([words, 5]);
      expect(stderr).toMatch(/error: table\.csv: nothing was found: no /);
    }
    expect((await fit("size,value\n8,1\n16,2\n32,4.1\n")).status).toBe(0);
  });

  it("--extremum none finds where curves cross, as text, JSON and report", async () => {
    const rows = crossing();
    const plain = await fit(rows);
    expect(plain.stderr).toContain("The curves are monotone and cross near 2.2");
    expect(plain.stderr).not.toMatch(/--extremum m/);
    const { status, stdout, stderr } = await fit(rows, ["--extremum", "none"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^64, 128 +2\.2[45]/m);
    expect(stdout).toMatch(/Crossings: steady, x_c = 2\.2[45]\d+ /);
    expect(stdout).toMatch(/Collapse: x_c = 2\.2[45]\d+ .*, ν = 1\.2\d+ /);
    const json = await fit(rows, ["--extremum", "none", "--json", "--out", "found"]);
    const { report, ...record } = JSON.parse(json.stdout);
    expect([record.schemaVersion, record.kind, record.errors]).toEqual([1, "crossing", "stated errors"]);
    expect(JSON.parse(readFileSync(join(json.cwd, "found/fit.json"), "utf8"))).toEqual(record);
    const figures = readdirSync(join(json.cwd, "found/figures"));
    expect(figures).toContain("crossing-curves.csv");
    expect(figures.filter((name) => name.endsWith(".svg")).sort()).toEqual([
      "collapse-after.svg",
      "collapse-before.svg",
      "crossing-curves.svg",
      "crossings-against-size.svg",
      "nu-against-size.svg",
    ]);
    const html = readFileSync(report, "utf8").replace(/base64,[A-Za-z0-9+/=]+/g, "");
    expect(html).toMatch(/<h1>The curves cross at 2\.2[45]/);
    expect(html.match(/.{20}\b(NaN|undefined|null|Infinity)\b.{20}/)).toBeNull();
  });

  it("refuses a table that is not there and table options on a study", async () => {
    const cwd = emptyFolder();
    const none = await crisp(["fit", "no.csv"], { cwd });
    expect([none.status, none.stderr]).toEqual([
      3,
      expect.stringContaining("no.csv cannot be read: it does not exist"),
    ]);
    const { status, stderr } = await crisp(["fit", ".", "--critical", "2"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain("--critical is only for tables");
  });
});
