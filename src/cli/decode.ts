/** `crisp decode`: images Φa from the codes of a file. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { DecodeResult } from "../app/decode.js";
import { type Boundary, boundaryNames } from "../core/geometry.js";
import { decodeImages } from "../node/app/coding.js";
import type { Context } from "./context.js";
import { extentOf, layoutOf, needed, oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import type { Terminal } from "./terminal.js";

type DecodeOptions = {
  readonly dictionary?: string;
  readonly out?: string;
  readonly size?: string;
  readonly stride?: string;
  readonly boundary?: string;
  readonly atomsLayout?: string;
  readonly normaliseAtoms?: boolean;
  readonly normalised?: boolean;
  readonly json?: boolean;
};

export function addDecode(program: Command, { terminal }: Context): void {
  program
    .command("decode")
    .summary("images from sparse codes")
    .description("Images from sparse codes: the reconstruction Φa of every code that crisp encode or PetaVision wrote.")
    .argument("<codes>", ".npz, .parquet or .pvp")
    .option("--dictionary <file>", "the dictionary of the codes: .safetensors, .npy, .npz or .pvp (weights)")
    .option("--out <file>", "the images: .npy, [images, height, width, channels]; λ's are a second axis")
    .option(
      "--size <extent>",
      "height and width, such as 32 or 24x40 (default: the codes' own, else what the map covers)",
    )
    .option(
      "--stride <n>",
      "pixels between neurons, such as 2 or 2,4 (default: the codes' own, the dictionary's, else 2)",
    )
    .option("--boundary <name>", "crop, full, valid or circular (default: the codes' own, the dictionary's, else crop)")
    .option(
      "--atoms-layout <axes>",
      "axes of the dictionary's array: nhwc (channels last) or nchw (default: what fits)",
    )
    .option("--normalise-atoms", "scale each atom to norm 1, as when the codes were made")
    .option("--normalised", "leave the images as they were coded: do not put back their mean and deviation")
    .option("--json", "print what was written as one line of JSON")
    .action((codes: string, options: DecodeOptions) => decodeCommand(codes, options, terminal));
}

async function decodeCommand(codes: string, options: DecodeOptions, terminal: Terminal): Promise<void> {
  const { size, stride, boundary, normaliseAtoms, normalised } = options;
  const dictionary = needed("--dictionary", options.dictionary, "dictionary.safetensors");
  const out = needed("--out", options.out, "images.npy");
  const written = await decodeImages({
    codes,
    dictionary,
    out,
    size: size === undefined ? undefined : extentOf("--size", size),
    stride: stride === undefined ? undefined : extentOf("--stride", stride),
    boundary: boundary === undefined ? undefined : oneOf<Boundary>("--boundary", boundary, boundaryNames),
    layout: layoutOf("--atoms-layout", options.atomsLayout),
    normaliseAtoms,
    normalised,
    onWarning: (text) => terminal.warning(text),
  });
  if (options.json) printJson({ out: resolve(out), ...written });
  else printText([`Images ${written.shape.join("×")}: ${resolve(out)}`, ...unitsText(written)].join("\n"));
}

/** In which units the images are, where that is not plain. */
function unitsText({ units }: DecodeResult): readonly string[] {
  switch (units) {
    case "restored":
      return ["Each image has its own mean and deviation back (--normalised leaves them out)."];
    case "normalised":
      return ["As they were coded, with mean 0 and deviation 1 per image."];
    case "unknown":
      return ["As they were coded: these codes do not say what mean and deviation were taken out of their images."];
    case "own":
      return [];
    default:
      return units satisfies never;
  }
}
