// The documents against the project: links, files, commands, columns, defaults, and every field of scaling.json.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parquetMetadata } from "hyparquet";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { presetNames, presets } from "../src/study/presets.js";
import { settingPaths } from "../src/study/schema.js";
import { emptyPoints } from "../src/tasks/points.js";
import { encodePoints } from "../src/tasks/points-file.js";

const root = resolve(import.meta.dirname, "..");
const names = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const documents = names.map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
const textOf = (name: string) => documents.find((document) => document.name === name)!.text;
const tools = readdirSync(join(root, "node_modules/.bin"));
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts);

/** Text without fenced blocks: their code is no prose. */
function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

/** A heading's address as GitHub makes it. */
function anchors(text: string): readonly string[] {
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The text below a heading, up to the next heading of its level or above. */
function section(text: string, heading: string): string {
  const level = heading.match(/^#+/)![0].length;
  const [, rest] = text.split(`\n${heading}\n`);
  return rest.split(new RegExp(`^#{1,${level}} `, "m"))[0];
}

function codeSpans(text: string): readonly string[] {
  return [...prose(text).matchAll(/`([^`]+)`/g)].map(([, code]) => code.replace(/\s+/g, " "));
}

/** Commands in `sh` blocks, a line each, and those quoted in sentences. */
function commands(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, body]) => body.split("\n"));
  const lines = blocks.map((line) => line.replace(/#.*$/, "").trim()).filter(Boolean);
  return [...lines, ...codeSpans(text).filter((code) => /^(crisp|npm|npx|node) \S/.test(code))];
}

/** Why a command cannot be typed as it stands, or null. */
function fault(command: string): string | null {
  const [program, ...words] = command.replace(/^(\w+=\S+ )+| > \S+$/g, "").split(/\s+/);
  const crispCommands = [...textOf("docs/commands.md").matchAll(/^## crisp (\w+)$/gm)].map(([, name]) => name);
  switch (program) {
    case "crisp":
      return words[0].startsWith("-") || words[0] === "COMMAND" || crispCommands.includes(words[0]) ? null : words[0];
    case "npm": {
      if (words[0] === "run") return words.slice(1).some((word) => scripts.includes(word)) ? null : words.join(" ");
      return ["ci", "install", "pack", "start", "test", "ls"].includes(words[0]) ? null : words[0];
    }
    case "npx":
      return ["crisp", "crisp-sparse", ...tools].includes(words.find((word) => !word.startsWith("-"))!)
        ? null
        : words.join(" ");
    case "node": {
      const known = words[0] === "dist/cli.js" || existsSync(join(root, words[0]));
      const bench =
        words[0] === "bench/run.mjs" ? words.slice(1, words.includes("--") ? words.indexOf("--") : undefined) : [];
      const missing = bench.find(
        (word) => word !== "NAME" && !word.startsWith("[") && !existsSync(join(root, "bench", `${word}.ts`)),
      );
      return known ? (missing ?? null) : words[0];
    }
    default:
      return ["git", "cd"].includes(program) ? null : program;
  }
}

type Field = { readonly path: string; readonly name: string };

/** Every field of StudyRecord, by dotted path, as the compiler sees the type; an estimate's own three are left out. */
function recordFields(): readonly Field[] {
  const file = join(root, "src/study/record.ts");
  const program = ts.createProgram([file], { target: ts.ScriptTarget.ES2023, strict: true, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
  const record = symbols.find(({ name }) => name === "StudyRecord")!;
  function below(type: ts.Type, prefix: string): Field[] {
    if (type.isUnion()) return type.types.flatMap((part) => below(part, prefix));
    const item = checker.isArrayType(type) || checker.isTupleType(type) ? checker.getTypeArguments(type as never) : [];
    if (item.length > 0) return below(item[0], prefix);
    if (!type.isIntersection() && !(type.flags & ts.TypeFlags.Object)) return [];
    const fields = type.getProperties();
    const own = fields.map(({ name }) => name).sort();
    if (own.join() === "high,low,value") return [];
    return fields.flatMap((field) => {
      const path = prefix === "" ? field.name : `${prefix}.${field.name}`;
      return [{ path, name: field.name }, ...below(checker.getTypeOfSymbol(field), path)];
    });
  }
  return below(checker.getDeclaredTypeOfSymbol(record), "");
}

const fits = ["location", "value", "lambda", "activeUnits"];
const headings: Readonly<Record<string, string>> = {
  images: "### images",
  minima: "### minima[]",
  curves: "### curves[]",
  ...Object.fromEntries(fits.map((name) => [name, "### Fits: location, value, lambda, activeUnits"])),
  exponents: "### exponents",
  boundary: "### boundary",
  prediction: "### prediction",
  scores: "### scores",
  certificate: "### certificate",
  training: "### training[]",
  dictionaries: "### dictionaries[]",
};

/** The last words of every name a text sets in code: `powerLaw.band` names band, `localSlopes[].to` names to. */
function namedIn(text: string): ReadonlySet<string> {
  return new Set(codeSpans(text).flatMap((code) => code.split(/\.|\[\]/).filter(Boolean)));
}

describe("docs", () => {
  it("every link to a file or heading of the project resolves", () => {
    const links = documents.flatMap(({ name, text }) =>
      [...prose(text).matchAll(/(?:\]\(|(?:src|href)=")([^)"\s]+)/g)].map(([, to]) => ({ name, to })),
    );
    const broken = links.filter(({ name, to }) => {
      if (/^[a-z]+:/.test(to)) return false;
      const [path, anchor] = to.split("#");
      const file = path === "" ? join(root, name) : resolve(root, dirname(name), path);
      if (relative(root, file).startsWith("..") || !existsSync(file)) return true;
      return anchor !== undefined && !anchors(readFileSync(file, "utf8")).includes(anchor);
    });
    expect(links.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it("every file of the project that is named is there", () => {
    const named = documents.flatMap(({ name, text }) =>
      [...text.matchAll(/\b(?:src|test|bench|scripts|docs)\/[\w./-]*[\w/]/g)].map(([path]) => ({
        name,
        path: path.startsWith("src/") ? path.replace(/\.js$/, ".ts") : path, // as imports name them
      })),
    );
    const places = named.filter(({ path }) => !path.includes("NAME"));
    expect(places.length).toBeGreaterThan(60);
    expect(places.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("every command that is shown is one", () => {
    const shown = documents.flatMap(({ name, text }) => commands(text).map((command) => ({ name, command })));
    const wrong = shown.flatMap(({ name, command }) => {
      const why = fault(command);
      return why === null ? [] : [{ name, command, why }];
    });
    expect(shown.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it("nothing points out of the project", () => {
    const outside = documents.filter(({ text }) => /\.\.\/shared|(?<!\w)\/work\/|\/home\/|file:\/\//.test(text));
    expect(outside.map(({ name }) => name)).toEqual([]);
  });
});

describe("docs/formats.md", () => {
  const record = section(textOf("docs/formats.md"), "## scaling.json");
  const fields = recordFields();

  it("documents every field of scaling.json where it stands", () => {
    expect(fields.length).toBeGreaterThan(150);
    const missing = fields.filter(({ path, name }) => {
      const [top, ...rest] = path.split(".");
      const heading =
        rest.length === 0 || ["settings", "measure", "laws"].includes(top) ? "### Top level" : headings[top];
      return !namedIn(section(record, heading)).has(name);
    });
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it("documents no field that scaling.json has not", () => {
    const known = new Set(fields.map(({ name }) => name));
    const rows = [...record.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) => [...namedIn(cell)]);
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter((name) => !known.has(name))).toEqual([]);
  });

  it("lists the columns of a sweep as they are written", () => {
    const bytes = encodePoints({ ...emptyPoints(1), converged: Uint8Array.of(1) });
    const { schema } = parquetMetadata(new Uint8Array(bytes).buffer);
    const written = schema.slice(1).map(({ name, type }) => [name, type!.toLowerCase()]);
    const rows = section(textOf("docs/formats.md"), "## Sweeps: results/ab/ID.parquet");
    const listed = [...rows.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => [name, type]);
    expect(listed).toEqual(written);
  });
});

describe("docs/method.md", () => {
  const text = textOf("docs/method.md");

  it("names settings that exist", () => {
    const named = codeSpans(text).filter((code) => /^(learning|sweep)\.\w+$/.test(code));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((path) => !settingPaths.includes(path))).toEqual([]);
  });

  it("gives the length of training and the tolerances of the presets", () => {
    const rows = [...text.matchAll(/^\| `([\w-]+)` \| ([\d,]+) \| ([\d.]+)/gm)];
    const number = (words: string) => Number(words.replaceAll(",", ""));
    expect(rows.map(([, name, images, plateau]) => [name, number(images), number(plateau)])).toEqual(
      presetNames.map((name) => [name, presets[name].learning.images, presets[name].learning.plateau]),
    );
    const tolerances = [...text.matchAll(/^\| sweep of (.+?) .*?\| (\S+) \|$/gm)];
    expect(tolerances.length).toBe(3);
    for (const [line, , tolerance] of tolerances) {
      for (const name of presetNames.filter((preset) => line.includes(`\`${preset}\``)))
        expect([name, presets[name].sweep.tolerance]).toEqual([name, Number(tolerance)]);
    }
  });
});
