/**
 * `crisp work`, which jobs run and nobody types: a bundle of items, or the next step of a study. USR1 (the
 * time limit comes) and TERM stop it where it can go on; it then asks Slurm to begin it again and ends with 75.
 */
import type { Command } from "commander";
import { advanceOnSlurm } from "../node/app/cluster.js";
import { workItems } from "../node/app/items.js";
import { requeue } from "../node/slurm/queue.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { workersOf } from "./option-values.js";
import { isStop } from "./resumable.js";

type WorkOptions = { readonly bundle?: string; readonly advance?: boolean; readonly workers?: string };

/** Exit status of a task that was stopped and can go on. */
const stoppedStatus = 75;
/** A task that began so often does not ask to be begun again. */
const mostRestarts = 100;

/** Adds the command, hidden. */
export function addWork(program: Command, context: Context): void {
  program
    .command("work", { hidden: true })
    .argument("<study>", "folder of a study")
    .option("--bundle <file>", "items to make, a file in the study's folder")
    .option("--advance", "take the study's next step")
    .option("--workers <n>", "worker threads")
    .action((study: string, options: WorkOptions) => workCommand(study, options, context));
}

async function workCommand(study: string, options: WorkOptions, { terminal, argv, environment }: Context) {
  const stop = new AbortController();
  let late = false;
  process.on("SIGUSR1", () => {
    late = true;
    stop.abort();
  });
  process.on("SIGTERM", () => stop.abort());
  const say = (text: string) => terminal.message(`${new Date().toISOString()} ${text}`);
  try {
    if (options.advance) {
      await advanceOnSlurm(study, { signal: stop.signal, onEvent: eventPrinter(terminal) });
      return;
    }
    await workItems({
      study,
      bundle: options.bundle ?? "",
      workers: workersOf(options.workers),
      signal: stop.signal,
      command: commandText(argv),
      log: logOf(environment),
      onMessage: say,
    });
  } catch (error) {
    if (!stop.signal.aborted || !isStop(error)) throw error;
    const again = late && Number(environment.SLURM_RESTART_COUNT ?? 0) < mostRestarts;
    say(again ? "Stopped before the time limit, to be begun again." : "Stopped.");
    // Requeueing ends this process too, often before scontrol can say whether it was granted; if not, the next step submits what is left.
    if (again) await requeue(environment);
    process.exit(stoppedStatus);
  }
}

/** Where the scripts have the log of a task written. */
function logOf({ SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task }: NodeJS.ProcessEnv): string {
  return job === undefined ? "" : `logs/${job}_${task}.log`;
}
