// Bundles bench/NAME.ts against the sources and runs it: node bench/run.mjs [NAME …] [-- ARGUMENTS OF THE BENCH];
// the coder's speed (coding, paths) without a name.
// CIFAR10=FOLDER names the folder with data_batch_1.bin; dictionaries are trained once and kept in .cache/bench.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = new Set([
  "berkeley.ts",
  "data.ts",
  "measure.ts",
  "words.ts",
  "union-find.ts",
  "chromium.ts",
  "windows.ts",
  "non-local-means.ts",
  "wavelets.ts",
  "learner.ts",
  "planted-study.ts",
]);
const all = readdirSync(join(root, "bench")).filter((file) => file.endsWith(".ts") && !parts.has(file));
const words = process.argv.slice(2);
const split = words.includes("--") ? words.indexOf("--") : words.length;
const names = split > 0 ? words.slice(0, split) : ["coding", "paths"];
const wanted = names.map((name) => `${name}.ts`);
const unknown = wanted.find((file) => !all.includes(file));
if (unknown) {
  console.error(`bench ${unknown} is unknown; there are ${all.join(", ")}. Name one of them without .ts.`);
  process.exit(2);
}
if (!existsSync(join(root, "dist/kernel.wasm"))) {
  spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "kernel"], { stdio: "inherit" });
}
const outDir = join(root, ".cache/bench/js");
mkdirSync(outDir, { recursive: true });
const entry = wanted.map((file) => join(root, "bench", file));
await build({
  entry,
  outDir,
  format: "esm",
  dts: false,
  logLevel: "warn",
  config: false,
  platform: "node",
  deps: { neverBundle: ["playwright-core"] }, // finds its own files from where it lies
  outExtensions: () => ({ js: ".mjs" }),
});
for (const file of wanted) {
  const done = spawnSync(process.execPath, [join(outDir, file.replace(".ts", ".mjs")), ...words.slice(split + 1)], {
    cwd: root,
    stdio: "inherit",
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
