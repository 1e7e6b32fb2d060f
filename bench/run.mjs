// Bundles bench/NAME.ts against the sources and runs it: node bench/run.mjs [name …]; all of them without a name.
// CIFAR10=FOLDER names the folder with data_batch_1.bin; dictionaries are trained once and kept in .cache/bench.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = new Set(["data.ts", "measure.ts", "words.ts"]);
const all = readdirSync(join(root, "bench")).filter((file) => file.endsWith(".ts") && !parts.has(file));
const names = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const wanted = names.length > 0 ? names.map((name) => `${name}.ts`) : all;
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
  outExtensions: () => ({ js: ".mjs" }),
});
for (const file of wanted) {
  const done = spawnSync(process.execPath, [join(outDir, file.replace(".ts", ".mjs"))], {
    cwd: root,
    stdio: "inherit",
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
