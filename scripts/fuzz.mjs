// Damaged files through every reader that the commands use (test/fuzz/, docs/reliability.md):
// npm run fuzz -- [COUNT = 2000] [SEED = 1] [FIRST INPUT = 0]. A failing input is written to the current folder.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("..", import.meta.url));
const [count = "2000", seed = "1", first = "0"] = process.argv.slice(2);
if (![count, seed, first].every((word) => /^\d{1,9}$/.test(word))) {
  console.error(`fuzz takes whole numbers: COUNT SEED FIRST; found ${process.argv.slice(2).join(" ")}.`);
  process.exit(2);
}
const outDir = join(root, ".cache/fuzz");
const options = { format: "esm", dts: false, logLevel: "warn", config: false, platform: "node" };
const entry = join(root, "test/fuzz/campaign.ts");
await build({ ...options, cwd: root, entry, outDir, outExtensions: () => ({ js: ".mjs" }) });
const done = spawnSync(process.execPath, [join(outDir, "campaign.mjs"), count, seed, first], { stdio: "inherit" });
process.exit(done.status ?? 1);
