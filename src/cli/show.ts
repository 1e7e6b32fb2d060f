/** `crisp show`: what any file is, drawn or converted where that is asked for. */
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import type { ShownAs } from "../app/show.js";
import { showFile } from "../node/app/showing.js";
import { factsOf, sentenceOf } from "../report/shown.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { layoutOf, oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { statusLines } from "./status.js";

type ShowOptions = {
  readonly as?: string;
  readonly layout?: string;
  readonly out?: string;
  readonly to?: string;
  readonly json?: boolean;
};

export function addShow(program: Command, context: Context): void {
  program
    .command("show")
    .summary("what a file holds, drawn or converted")
    .description(
      "What a file or folder holds: a dictionary, codes, images, a picture, a table or a study; PetaVision's .pvp too. Draws it with --out, converts it with --to.",
    )
    .argument("<file>", "any file that Crisp reads, or the folder of a study or of pictures")
    .option("--as <kind>", "read an array as dictionary, images or codes (default: as its content says)")
    .option("--layout <axes>", "axes of an array: nhwc (channels last) or nchw (default: as it looks)")
    .option("--out <file>", "draw it: .html, .png or .svg")
    .option(
      "--to <file>",
      "write its numbers in another format, such as .npy, .npz, .safetensors, .pvp, .parquet or .png",
    )
    .option("--json", "print what was found as one line of JSON")
    .action((file: string, options: ShowOptions) => showCommand(file, options, context));
}

async function showCommand(path: string, options: ShowOptions, { terminal, argv }: Context): Promise<void> {
  const { as, out, to } = options;
  const shown = await showFile({
    path,
    as: as === undefined ? undefined : oneOf<ShownAs>("--as", as, ["dictionary", "images", "codes"]),
    layout: layoutOf("--layout", options.layout),
    out,
    to,
    command: commandText(argv),
    onWarning: (text) => terminal.warning(text),
  });
  if (options.json) return printJson({ path: resolve(path), ...shown });
  const lines =
    shown.kind === "study"
      ? statusLines(shown.status)
      : [`${basename(path)}: ${sentenceOf(shown)}`, ...factLines(shown)];
  const written = [out, to].flatMap((file) => (file === undefined ? [] : [`Written: ${resolve(file)}`]));
  printText([...lines, ...written].join("\n"));
}

/** Names and values, one below the other. */
function factLines(shown: Parameters<typeof factsOf>[0]): readonly string[] {
  const facts = factsOf(shown);
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`);
}
