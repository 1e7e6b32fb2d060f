// What may happen to a study on a cluster, done to a real one at a moment drawn from a seed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { draws, purpose } from "../../src/core/random.js";
import { type Finished, start } from "../cli/process.js";
import type { Slurm } from "./slurm-cluster.js";

/** Does harm; `uniform` draws from [0, 1). */
export type Fault = (slurm: Slurm, uniform: () => number) => Promise<void>;

export const faults: readonly (readonly [string, Fault])[] = [
  ["a killed task", killTask],
  ["a killed node", killNode],
  ["a killed controller", killController],
];

const seconds = (count: number) => new Promise((go) => setTimeout(go, 1000 * count));

/** SIGKILL for one process of a job: a bundle's, or that of a step. */
async function killTask(slurm: Slurm, uniform: () => number): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const pids = slurm.tasks();
    if (pids.length > 0) return kill(pids[Math.floor(uniform() * pids.length)]);
    await seconds(0.05);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended by itself meanwhile.
  }
}

/** A node that loses its power, and comes back. */
async function killNode(slurm: Slurm, uniform: () => number): Promise<void> {
  const node = Math.floor(2 * uniform());
  slurm.killNode(node);
  await seconds(1 + 2 * uniform());
  slurm.startNode(node);
}

/**
 * The controller ends without a word, and is started again. It may have forgotten its last seconds: it then gives
 * numbers of jobs a second time, and nodes that know them refuse the tasks and are taken out of service.
 */
async function killController(slurm: Slurm, uniform: () => number): Promise<void> {
  slurm.killController();
  await seconds(4 * uniform());
  slurm.startController();
}

/** Sends a running training what Slurm sends before its time limit, at a random moment; resolves when its log tells that it was stopped. */
export async function warnTraining(study: string, slurm: Slurm, seed: number): Promise<void> {
  const folder = join(study, "logs");
  const logsWith = (text: string) =>
    existsSync(folder)
      ? readdirSync(folder).filter((name) => readFileSync(join(folder, name), "utf8").includes(text))
      : [];
  while (logsWith("(training").length === 0) await seconds(0.05);
  await seconds(draws({ seed, purpose: purpose.test }, 0).uniform());
  const [job] = logsWith("(training")[0].split(".");
  slurm.ask("scancel", "--batch", "--signal=USR1", job);
  while (logsWith("to be begun again").length === 0) await seconds(0.05);
}

type Suffering = {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly slurm: Slurm;
  readonly seed: number;
};

/** The end of a study's command during which the fault came, at a moment between its first job and about its last. */
export async function suffered(fault: Fault, { words, cwd, slurm, seed }: Suffering): Promise<Finished> {
  const draw = draws({ seed, purpose: purpose.test }, 0);
  const uniform = () => draw.uniform();
  const command = start(words, { cwd, env: slurm.env });
  const out = join(cwd, words[words.indexOf("--out") + 1]);
  let ended = false;
  command.finished.then(() => {
    ended = true;
  });
  // By what is done, not by time: so that a busy machine has the same moments.
  const results = () => (existsSync(join(out, "results")) ? readdirSync(join(out, "results")).length : 0);
  const moment = Math.floor(9 * uniform());
  while (!ended && !(existsSync(join(out, "slurm", "1", "submission.json")) && results() >= moment))
    await seconds(0.02);
  await seconds(uniform());
  await fault(slurm, uniform);
  while (!ended) {
    await seconds(1);
    slurm.resumeNodes();
  }
  return command.finished;
}
