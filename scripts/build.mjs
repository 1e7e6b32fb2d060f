// Builds dist/: the wasm kernel with asc, then every entry point with tsdown.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function run(tool, args) {
  const done = spawnSync(process.execPath, [join(root, "node_modules", ...tool), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

// An installed package has no sources: what it ships is already built.
if (!existsSync(join(root, "src"))) process.exit(0);
const parts = process.argv.slice(2);
if (parts.length === 0) rmSync(join(root, "dist"), { recursive: true, force: true });
mkdirSync(join(root, "dist"), { recursive: true });
if (parts.length === 0 || parts.includes("kernel")) {
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--initialMemory", "1"];
  run(["assemblyscript", "bin", "asc.js"], ["src/engine/wasm/kernel/index.ts", "-o", "dist/kernel.wasm", ...options]);
}
cpSync(join(root, "assets"), join(root, "dist"), { recursive: true });
if (parts.length === 0 || parts.includes("library")) run(["tsdown", "dist", "run.mjs"], ["--logLevel", "warn"]);
