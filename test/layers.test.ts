// The folders stay in their order: reads every file of src/ and fails on an
// upward import, a cycle, and on what belongs to one folder only.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../src");
const kernel = "engine/wasm/kernel/"; // AssemblyScript: other imports, other globals

/** From the bottom up; a folder imports only itself and folders before it. */
const order = [
  "core",
  "formats",
  "images",
  "coding",
  "engine",
  "learning",
  "scaling",
  "work",
  "tasks",
  "study",
  "report",
  "app",
  "node",
  "browser",
  "cli",
];
const only: Record<string, readonly string[]> = { core: [], scaling: ["core"] };

/** Inside a folder: what part of it a file may import, where not all. The ports on Node know of app/ its ports only. */
const inside: readonly { readonly of: RegExp; readonly at: string; readonly may: RegExp }[] = [
  { of: /^engine\/wasm\//, at: "engine/", may: /^engine\/wasm\// },
  { of: /^engine\/reference\//, at: "engine/", may: /^engine\/reference\// },
  { of: /^tasks\/(\w+)\//, at: "tasks/", may: /^tasks\/(\w+\/|(batch|points)\.ts)/ },
  { of: /^study\/items\//, at: "study/", may: /^study\/(items\/|(cost|masks|settings)\.ts)/ },
  { of: /^study\/(items\/|[^/]*$)/, at: "study/transition/", may: /^$/ },
  { of: /^report\/svg\//, at: "report/", may: /^report\/(svg\/|(markup|numbers)\.ts)/ },
  { of: /^report\/figures\//, at: "report/", may: /^report\/(svg\/|figures\/|(input|markup|numbers|sizes)\.ts)/ },
  { of: /^browser\//, at: "node/", may: /^$/ },
  {
    of: /^node\/(?!app\/|(analyser|bench|bench-files|given-dictionaries|index|watch)\.ts)/,
    at: "app/",
    may: /^app\/platform\.ts/,
  },
];

type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.tsx?$/.test(name))
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, imports: ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName) };
  });
const ours = sources.filter(({ path }) => !path.startsWith(kernel));

/** First part of the path; `src/index.ts` itself is the library without Node, so it stands with report. */
function folder(path: string): string {
  return path.includes("/") ? path.split("/")[0] : "report";
}

/** A local import as a path under src/. */
function target(from: string, name: string): string {
  return relative(root, resolve(root, dirname(from), name.replace(/\.js$/, ".ts"))).replaceAll("\\", "/");
}

function localImports({ path, imports }: Source): readonly string[] {
  return imports.filter((name) => name.startsWith(".")).map((name) => target(path, name));
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  return only[from]?.includes(to) ?? (only[from] === undefined && order.indexOf(to) < order.indexOf(from));
}

/** A cycle of imports as a path that ends where it began, or undefined. */
function firstCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  function visit(path: string, trail: readonly string[]): readonly string[] | undefined {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return undefined;
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    finished.add(path);
    return undefined;
  }
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Names used in a file that nothing in it declares, other than as a property. */
function freeNames({ path, text }: Source): ReadonlySet<string> {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const used = new Set<string>();
  const declared = new Set<string>();
  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node))
      (isDeclaration(node) ? declared : isPropertyName(node) ? new Set() : used).add(node.text);
    ts.forEachChild(node, visit);
  }
  visit(file);
  return new Set([...used].filter((name) => !declared.has(name)));
}

function isDeclaration(node: ts.Identifier): boolean {
  const { parent } = node;
  const named =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent);
  return named && parent.name === node;
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertySignature(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}

const free = new Map(ours.map((source) => [source.path, freeNames(source)]));

const domNames =
  /^(document|window|navigator|location|localStorage|sessionStorage|customElements|alert|HTML\w*Element|Element|SVG\w*Element|requestAnimationFrame|matchMedia|DOMParser|XMLHttpRequest)$/;

/** What Node has and a page has not. */
const nodeNames =
  /^(process|Buffer|NodeJS|setImmediate|clearImmediate|global|require|module|exports|__dirname|__filename)$/;

/** Free names of a kind, file by file, outside the folders they belong to. */
function usesOf(names: RegExp, belongsTo: RegExp): readonly string[] {
  return ours
    .filter(({ path }) => !belongsTo.test(path))
    .flatMap((source) =>
      [...free.get(source.path)!].filter((name) => names.test(name)).map((n) => `${source.path}: ${n}`),
    );
}

describe("layers", () => {
  it("the folders of src are the known ones", () => {
    const unknown = sources.map(({ path }) => folder(path)).filter((name) => !order.includes(name));
    expect(unknown).toEqual([]);
  });

  it("no folder imports one above it", () => {
    const upward = sources.flatMap((source) =>
      localImports(source)
        .filter((to) => !mayImport(folder(source.path), folder(to)))
        .map((to) => `${source.path} imports ${to}`),
    );
    expect(upward).toEqual([]);
  });

  it("inside a folder, parts import only what they may", () => {
    const wrong = ours.flatMap((source) =>
      localImports(source)
        .filter((to) => inside.some(({ of, at, may }) => of.test(source.path) && to.startsWith(at) && !may.test(to)))
        .map((to) => `${source.path} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it("no imports form a cycle", () => {
    expect(firstCycle(new Map(ours.map((source) => [source.path, localImports(source)])))).toBeUndefined();
  });

  it("every local import ends in .js and names a file that is there", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const wrong = ours.flatMap((source) =>
      source.imports
        .filter((name) => name.startsWith(".") && !(name.endsWith(".js") && paths.has(target(source.path, name))))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("Node's modules are imported in node/ and cli/ only", () => {
    const wrong = ours
      .filter(({ path, imports }) => !/^(node|cli)\//.test(path) && imports.some((name) => name.startsWith("node:")))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it("Node's globals are used in node/ and cli/ only", () => {
    expect(usesOf(nodeNames, /^(node|cli)\//)).toEqual([]);
  });

  it("the clock, which the ports hand out, is used in node/, browser/ and cli/ only", () => {
    expect(usesOf(/^performance$/, /^(node|browser|cli)\//)).toEqual([]);
  });

  it("the page's globals are used in browser/ only", () => {
    expect(usesOf(domNames, /^browser\//)).toEqual([]);
  });

  it("GPU names are used in engine/webgpu/ only", () => {
    expect(usesOf(/^GPU[A-Z]/, /^engine\/webgpu\//)).toEqual([]);
  });

  it("no file is longer than 400 lines", () => {
    expect(sources.filter(({ text }) => text.split("\n").length > 401).map(({ path }) => path)).toEqual([]);
  });

  it("every file begins with a comment that says what it is", () => {
    const bare = sources.filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/ )/.test(text)).map(({ path }) => path);
    expect(bare).toEqual([]);
  });

  it("exports are named: none is a default", () => {
    expect(sources.filter(({ text }) => /^export default\b/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("only entry points re-export", () => {
    const wrong = ours
      .filter(({ path, text }) => !path.endsWith("index.ts") && /^export (type )?(\*|\{[^}]*\}) from/m.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});
