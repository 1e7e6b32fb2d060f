#!/usr/bin/env node
/**
 * The command `crisp`: one subcommand per file, errors to exit statuses in one
 * place. Results go to stdout, messages to stderr.
 */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { CrispError, exitCode, nearestWord } from "../core/errors.js";
import { addBench } from "./bench.js";
import { addCancel } from "./cancel.js";
import { addCompare } from "./compare.js";
import { addData } from "./data.js";
import { addDecode } from "./decode.js";
import { addDenoise } from "./denoise.js";
import { addDoctor } from "./doctor.js";
import { addEncode } from "./encode.js";
import { endingOf } from "./errors.js";
import { addFit } from "./fit.js";
import { addGc } from "./gc.js";
import { flushed, onLostOutput, printable } from "./output.js";
import { addPack } from "./pack.js";
import { addPredict } from "./predict.js";
import { addProtocol } from "./protocol.js";
import { addReport } from "./report.js";
import { addRun } from "./run.js";
import { addScript } from "./script.js";
import { addShow } from "./show.js";
import { addStatus } from "./status.js";
import { openTerminal } from "./terminal.js";
import { addTrain } from "./train.js";
import { addTransition } from "./transition.js";
import { addVerify } from "./verify.js";
import { addWatch } from "./watch.js";
import { addWork } from "./work.js";

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
addRun(program, context);
addTrain(program, context);
addEncode(program, context);
addDecode(program, context);
addDenoise(program, context);
addFit(program, context);
addCompare(program, context);
addPredict(program, context);
addTransition(program, context);
addProtocol(program, context);
addReport(program, context);
addShow(program, context);
addStatus(program, context);
addCancel(program);
addScript(program, context);
addWatch(program, context);
addVerify(program, context);
addPack(program);
addGc(program);
addData(program, context);
addDoctor(program);
addBench(program, context);
addWork(program, context);
program.on("command:*", ([word]: string[]) => {
  const known = program.commands.map((command) => command.name());
  const near = (word.length > 1 && known.find((name) => name.startsWith(word))) || nearestWord(word, known);
  const advice = near === undefined ? "See crisp --help." : `Did you mean ${near}?`;
  throw new CrispError("usage", `unknown command '${word}'; there are ${known.join(", ")}. ${advice}`);
});
for (const command of program.commands) command.helpOption("-h, --help", "print help");

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
