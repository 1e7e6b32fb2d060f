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
  "node",
  "browser",
  "cli",
];
const only: Record<string, readonly string[]> = { core: [], scaling: ["core"] };

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

const domNames =
  /^(document|window|navigator|location|localStorage|sessionStorage|customElements|alert|HTML\w*Element|Element|SVG\w*Element|requestAnimationFrame|matchMedia|DOMParser|XMLHttpRequest)$/;

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
    const nodeNames = /^(Buffer|process|performance|global|setImmediate|__dirname|__filename|require)$/;
    const wrong = ours
      .filter(({ path }) => !/^(node|cli)\//.test(path))
      .flatMap((source) =>
        [...freeNames(source)].filter((name) => nodeNames.test(name)).map((name) => `${source.path}: ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it("the page's globals are used in browser/ only", () => {
    const wrong = ours
      .filter(({ path }) => !path.startsWith("browser/"))
      .flatMap((source) =>
        [...freeNames(source)].filter((name) => domNames.test(name)).map((name) => `${source.path}: ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it("GPU names are used in engine/webgpu/ only", () => {
    const wrong = ours
      .filter(({ path }) => !path.startsWith("engine/webgpu/"))
      .flatMap((source) =>
        [...freeNames(source)].filter((name) => /^GPU[A-Z]/.test(name)).map((name) => `${source.path}: ${name}`),
      );
    expect(wrong).toEqual([]);
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
