// Studies on this machine and on a real Slurm that are killed, damaged, starved and lied to at many random moments:
// npm run faults -- [MOMENTS = 20] [FIRST SEED = 1] [FAULT, such as "a killed node"]. Every survival is printed with
// its seed; a moment that is not survived fails with the seed's study. `npm test` has two moments of each.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [moments = "20", seed = "1", fault = ""] = process.argv.slice(2);
const files = ["test/node/local-faults.test.ts", "test/node/slurm.test.ts"];
const words = ["run", ...files, "-t", `${fault}.*random moments`, "--testTimeout=86400000"];
const done = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", ...words], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, FAULT_MOMENTS: moments, FAULT_SEED: seed },
  stdio: "inherit",
});
process.exit(done.status ?? 1);
