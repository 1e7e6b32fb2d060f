/** `crisp watch STUDY`: a study live in the browser, while it runs or after. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { type Command, Option } from "commander";
import { watchStudy } from "../node/watch.js";
import type { Context } from "./context.js";
import { openInterrupt } from "./interrupt.js";
import { wholeOf } from "./option-values.js";
import { printJson, printText } from "./output.js";

type WatchOptions = { readonly port?: string; readonly json?: boolean; readonly besideRun?: boolean };

export function addWatch(program: Command, { terminal }: Context): void {
  program
    .command("watch")
    .summary("a study live in the browser")
    .description(
      "Serves a page that shows a study while it runs, and after: progress and time left, curves, dictionaries as they learn, minima and laws as they firm up, what failed. It reads only. The page is for this machine: it is served at 127.0.0.1 and nowhere else. Ctrl-C ends it.",
    )
    .argument("<study>", "folder of a study")
    .option("--port <n>", "port of the page (default: a free one)")
    .option("--json", "print the page's address as one line of JSON")
    .addOption(new Option("--beside-run").hideHelp()) // for crisp run --watch
    .action(async (study: string, options: WatchOptions) => {
      // It runs for hours beside what needs the machine: half the memory for a quarter more time to read (bench/watch.ts).
      setFlagsFromString("--optimize-for-size");
      const port =
        options.port === undefined ? 0 : wholeOf("--port", options.port, { least: 1, most: 65535, example: "8080" });
      const { signal, close } = openInterrupt(() => {});
      const onAddress = (address: string) => {
        if (options.besideRun) return terminal.message(`The study live: ${address}`);
        if (options.json) printJson({ address });
        else printText(address);
        terminal.message("Ctrl-C ends it; the study itself is not touched.");
      };
      const run = options.besideRun ? openRunBeside() : null;
      const ends = run ? AbortSignal.any([signal, run.signal]) : signal;
      await watchStudy({ study: resolve(study), port, besideRun: options.besideRun, signal: ends, onAddress });
      run?.close();
      close();
    });
}

/** The run beside this process: its end of our stdin, to which nothing is written, closes however it ends. */
function openRunBeside(): { readonly signal: AbortSignal; close(): void } {
  const ended = new AbortController();
  process.stdin.once("end", () => ended.abort()).resume();
  return { signal: ended.signal, close: () => process.stdin.destroy() };
}

/** The work of a run with its page served beside it: shown to the end, or ended at once where the run has failed. */
export function watchedWork<T>(out: string, work: (signal: AbortSignal) => Promise<T>) {
  return async (signal: AbortSignal): Promise<T> => {
    const end = watchBesideRun(out);
    let finished = false;
    try {
      const result = await work(signal);
      finished = true;
      return result;
    } finally {
      await end(finished);
    }
  };
}

/** Serves the page in a process of its own, so that drawing takes nothing from the run's workers; the function returned ends it. */
function watchBesideRun(out: string, script = process.argv[1]): (finished: boolean) => Promise<void> {
  const child = spawn(process.execPath, [script, "watch", out, "--beside-run"], {
    stdio: ["pipe", "ignore", "inherit"], // the pipe closes with this process, though it be killed: openRunBeside
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()).once("error", () => done()));
  return async (finished) => {
    const timer = setTimeout(() => child.kill(), finished ? 10_000 : 0);
    await ended;
    clearTimeout(timer);
  };
}
