// The package as a stranger gets it: packed, then run by npx and imported from a folder that holds nothing else.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyFolder } from "./cli/process.js";

const root = resolve(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = emptyFolder();
const cache = join(root, ".cache", "npm"); // npx keeps what it installed there, not in the user's own cache
let tarball = "";
let files: readonly string[] = [];

/** npm's own variables would make the inner npm believe it runs in this project. */
function run(command: string, words: readonly string[], cwd: string) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|CRISP_)/i.test(name));
  const env = Object.fromEntries([...kept, ["npm_config_update_notifier", "false"], ["npm_config_cache", cache]]);
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: "utf8", timeout: 600_000 });
  return { status, stdout, stderr };
}

beforeAll(() => {
  rmSync(join(cache, "_npx"), { recursive: true, force: true });
  // The built files are taken as they are: building again would pull them from under other tests.
  const packed = run(process.execPath, ["scripts/tarball.mjs", folder], root);
  expect(packed.status, packed.stderr).toBe(0);
  const [entry] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[")));
  tarball = `./${entry.filename}`;
  files = entry.files.map((file: { path: string }) => file.path);
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}');
  const installed = run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball], folder);
  expect([installed.status, installed.stderr]).toEqual([0, ""]); // and warns of nothing
});

describe("the package", () => {
  it("holds the built files and nothing of the sources or tests", () => {
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "dist/cli.js", "dist/kernel.wasm"]));
    expect(files.filter((path) => !/^(dist\/|package\.json$|README\.md$|LICENSE)/.test(path))).toEqual([]);
  });

  it("asks for no package that only its makers need", () => {
    const built = new Set(Object.keys(manifest.dependencies));
    expect([...built].filter((name) => name.startsWith("@types/"))).toEqual([]);
    const imported = readdirSync(join(root, "dist"))
      .filter((name) => name.endsWith(".js"))
      .flatMap((name) => [
        ...readFileSync(join(root, "dist", name), "utf8").matchAll(/(?:^import .*?from |\bimport\()"([^".][^"]*)"/gm),
      ])
      .map(([, name]) => name)
      .filter((name) => !name.startsWith("node:"))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(imported)].filter((name) => !built.has(name))).toEqual([]);
  });

  it("runs by npx from the tarball in an empty folder", () => {
    const empty = emptyFolder();
    cpSync(join(folder, tarball), join(empty, tarball));
    const { status, stdout, stderr } = run("npx", ["--yes", "--prefer-offline", tarball, "--version"], empty);
    expect([status, stdout.trim()], stderr).toEqual([0, manifest.version]);
    expect(readdirSync(empty).length).toBe(1);
  });

  it("once installed, its command proves its kernel", () => {
    const { status, stdout, stderr } = run("npx", ["crisp", "doctor", "--json"], folder);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).ok).toBe(true);
  });

  it("every entry point can be imported", () => {
    const names = Object.keys(manifest.exports).map((path) => path.replace(/^\./, "crisp-sparse"));
    const code = `${names.map((name) => `await import("${name}");`).join("\n")} console.log("imported");`;
    const { status, stdout, stderr } = run(process.execPath, ["--input-type=module", "--eval", code], folder);
    expect([status, stdout.trim()], stderr).toEqual([0, "imported"]);
  });

  it("every entry point has types that a strict program accepts, with the DOM's or Node's or, but for node, neither", () => {
    const names = Object.keys(manifest.exports).map((path) => path.replace(/^\./, "crisp-sparse"));
    const uses = (all: readonly string[]) =>
      all.map((name, i) => `import * as part${i} from "${name}";\nexport const n${i}: object = part${i};`).join("\n");
    const example = `import { CrispError, encodeImages, runStudy, denoisePictures } from "crisp-sparse/node";
      import { fitTable, type TableRow } from "crisp-sparse/scaling";
      const rows: TableRow[] = [{ size: 8, control: 1, value: 2 }];
      export const found: number = fitTable(rows).extrema.length;
      export async function all(): Promise<string> {
        const { images } = await encodeImages({ images: "a.npy", dictionary: "b.npy", lambdas: [1] });
        const { failed } = await denoisePictures({ input: ["a.png"] });
        const { report } = await runStudy({ preset: "tiny", settings: { learning: { images: 32 } } });
        return report + images.length + failed.map(({ code }) => code).join() + new CrispError("data", "").code;
      }`;
    const node = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    check("node.ts", `${uses(names)}\n${example}`, ["--lib", "es2023", ...node]);
    check("dom.ts", uses(names), ["--lib", "es2023,dom", ...node]);
    const pure = names.filter((name) => !name.endsWith("/node"));
    check("pure.ts", uses(pure), ["--lib", "es2023", "--typeRoots", join(folder, "no-types")]);
  });

  /** Compiles a program beside the installed package. */
  function check(name: string, text: string, options: readonly string[]): void {
    writeFileSync(join(folder, name), text);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const strict = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck", "false"];
    const { status, stdout } = run(process.execPath, [tsc, ...strict, ...options, name], folder);
    expect([name, status, stdout]).toEqual([name, 0, ""]);
  }
});
