#!/usr/bin/env node
/**
 * The command `crisp`: one subcommand per file, errors to exit statuses in one
 * place. Results go to stdout, messages to stderr.
 */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { CrispError, exitCode, nearestWord } from "../core/errors.js";
import type { Context } from "./context.js";
import { endingOf } from "./errors.js";
import { flushed, onLostOutput, printable } from "./output.js";
import { openTerminal } from "./terminal.js";

/**
 * Each command by its name, in the order of the help: what adds it to the program. A call loads the command that it
 * names and no other; all of them take 0.25 s of the processor.
 */
const commands: Readonly<Record<string, () => Promise<(program: Command, context: Context) => void>>> = {
  run: async () => (await import("./run.js")).addRun,
  train: async () => (await import("./train.js")).addTrain,
  encode: async () => (await import("./encode.js")).addEncode,
  decode: async () => (await import("./decode.js")).addDecode,
  denoise: async () => (await import("./denoise.js")).addDenoise,
  fit: async () => (await import("./fit.js")).addFit,
  compare: async () => (await import("./compare.js")).addCompare,
  predict: async () => (await import("./predict.js")).addPredict,
  transition: async () => (await import("./transition.js")).addTransition,
  protocol: async () => (await import("./protocol.js")).addProtocol,
  report: async () => (await import("./report.js")).addReport,
  show: async () => (await import("./show.js")).addShow,
  status: async () => (await import("./status.js")).addStatus,
  cancel: async () => (await import("./cancel.js")).addCancel,
  script: async () => (await import("./script.js")).addScript,
  watch: async () => (await import("./watch.js")).addWatch,
  verify: async () => (await import("./verify.js")).addVerify,
  pack: async () => (await import("./pack.js")).addPack,
  gc: async () => (await import("./gc.js")).addGc,
  data: async () => (await import("./data.js")).addData,
  doctor: async () => (await import("./doctor.js")).addDoctor,
  bench: async () => (await import("./bench.js")).addBench,
  work: async () => (await import("./work.js")).addWork,
};

const terminal = openTerminal(process.stderr);
const [, script, ...argv] = process.argv;
const context = { terminal, argv, environment: process.env, script };

const program = new Command("crisp")
  .description("Finds the sparsity at which a sparse-coding denoiser works best and how it scales with network size.")
  .version(packageVersion(), "--version", "print the version")
  .helpOption("-h, --help", "print help")
  .helpCommand(false)
  .configureOutput({
    writeOut: (text) => process.stdout.write(printable(text)),
    writeErr: (text) => process.stderr.write(printable(text)),
  })
  .exitOverride()
  .showHelpAfterError("See --help for what is known.")
  .configureHelp({ showGlobalOptions: false });
program.on("command:*", ([word]: string[]) => {
  const known = Object.keys(commands);
  const near = (word.length > 1 && known.find((name) => name.startsWith(word))) || nearestWord(word, known);
  const advice = near === undefined ? "See crisp --help." : `Did you mean ${near}?`;
  throw new CrispError("usage", `unknown command '${word}'; there are ${known.join(", ")}. ${advice}`);
});

/** The commands that a call needs: one, or for the help all. */
function needed([word]: readonly string[]) {
  if (word === "--version") return [];
  return Object.hasOwn(commands, word) ? [commands[word]] : Object.values(commands);
}

/** The package's own version; dist/ lies beside package.json. */
function packageVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

// Work that is running is stopped as by Ctrl-C, so that its folder is given back; what is not is over.
let lost: CrispError | null = null;
onLostOutput((text) => {
  lost = new CrispError("incomplete", text);
  if (process.emit("SIGTERM")) return;
  terminal.message(`error: ${text}`);
  process.exit(exitCode(lost));
});

let status = 0;
try {
  for (const load of needed(argv)) (await load())(program, context);
  for (const command of program.commands) command.helpOption("-h, --help", "print help");
  await program.parseAsync();
} catch (error) {
  const ending = endingOf(lost ?? error);
  terminal.clear();
  if (ending.message !== null) terminal.message(ending.message);
  status = ending.status;
}
terminal.clear();
await flushed();
process.exit(status);
