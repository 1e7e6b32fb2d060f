// What a cluster costs beside the work: seconds per task from its submission to the next step, less the seconds of
// its items, on a real Slurm of one node with one core; and which part that is of bundles of 20 minutes. The bundles
// here are scaled down to seconds. Needs root and Slurm's packages (npm test installs them): node bench/run.mjs slurm
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { slurmHere, startSlurm } from "../test/node/slurm-cluster.js";
import { studyWords } from "../test/node/small-study.js";

type Log = { readonly kind: string; readonly id?: string; readonly seconds?: number };

if (!slurmHere) throw new Error("bench slurm needs root and Slurm's daemons. Run npm test as root first.");
const cwd = mkdtempSync(join(tmpdir(), "crisp-bench-"));
const slurm = await startSlurm({ nodes: 1 });
try {
  const words = ["dist/cli.js", ...studyWords, "--out", join(cwd, "study"), "--executor", "slurm"];
  const done = spawnSync(process.execPath, [...words, "--bundle-minutes", "0.0001"], {
    cwd: resolve("."),
    env: { ...process.env, ...slurm.env },
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(done.stderr);
  report(join(cwd, "study"));
} finally {
  await slurm.stop();
  rmSync(cwd, { recursive: true, force: true });
}

function report(study: string): void {
  const lines = readFileSync(join(study, "events.ndjson"), "utf8").split("\n").filter(Boolean);
  const seconds = new Map(
    lines.map((line) => JSON.parse(line) as Log).flatMap(({ id, seconds }) => (id ? [[id, seconds ?? 0]] : [])),
  );
  let [wall, items, tasks] = [0, 0, 0];
  for (const number of readdirSync(join(study, "slurm")).filter((name) => /^\d+$/.test(name))) {
    const folder = join(study, "slurm", number);
    const file = join(folder, "submission.json");
    const { items: submitted } = JSON.parse(readFileSync(file, "utf8")) as { items: Record<string, { log: string }> };
    const logs = new Set(Object.values(submitted).map(({ log }) => log));
    const last = Math.max(...[...logs].map((log) => statSync(join(study, log)).mtimeMs));
    wall += (last - statSync(file).mtimeMs) / 1000;
    items += Object.keys(submitted).reduce((sum, id) => sum + seconds.get(id)!, 0);
    tasks += logs.size;
  }
  const each = (wall - items) / tasks;
  console.log(`${tasks} tasks in ${wall.toFixed(1)} s, their items ${items.toFixed(1)} s`);
  console.log(`beside the items: ${each.toFixed(2)} s per task, ${((100 * each) / 1200).toFixed(2)} % of 20 minutes`);
}
