/** What `crisp show` writes: a drawing of what it found, and the same numbers in another format. */
import { encodeCodes } from "../coding/code-file.js";
import type { DictionaryFile } from "../coding/dictionary-file.js";
import { CrispError } from "../core/errors.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { formatOf } from "../formats/format.js";
import { encodeNpy } from "../formats/npy.js";
import { encodeNpz } from "../formats/npz.js";
import { levelsOf, type Picture } from "../formats/picture.js";
import { encodePng } from "../formats/png.js";
import { encodePvpDense, encodePvpWeights } from "../formats/pvp.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { statisticsPage, statisticsSvg } from "../report/coding-report.js";
import { type Sheet, sheetPage, sheetPng, sheetSvg } from "../report/show-report.js";
import type { ShownArray, ShownCodes } from "../report/shown.js";
import { checkOutputs } from "./outputs.js";
import type { Platform } from "./platform.js";
import { type Found, recognise, type ShowRequest } from "./show.js";

/** What is shown, and what is written of it. */
export type ShowFilesRequest = ShowRequest & {
  /** Drawing to write: .html, .png or .svg. */
  readonly out?: string;
  /** The numbers in another format, by the ending of the name. */
  readonly to?: string;
  /** As a page names it. */
  readonly command?: string;
  /** Told what a converted file does not hold any more. */
  onWarning?(text: string): void;
};

/** All formats that each kind of content is written to. */
const targets = {
  atoms: [".npy", ".npz", ".safetensors", ".pvp"],
  images: [".npy", ".npz", ".pvp"],
  codes: [".npz", ".parquet", ".pvp"],
  picture: [".png", ".npy"],
} as const;

/**
 * Recognises a file, and draws or converts it where that is asked for.
 *
 * @returns what was found; of a study its status
 * @throws CrispError `data` for what is not there, damaged or of no known kind, `usage` for a drawing
 *   or a format that what was found cannot have
 */
export async function showFile(request: ShowFilesRequest, platform: Platform): Promise<Found["shown"]> {
  const { out, to } = request;
  const outputs = [["--out", out] as const, ["--to", to] as const];
  await checkOutputs(outputs, [["the input", request.path]], platform.files);
  const found = await recognise(request, platform);
  const drawing = out === undefined ? null : await drawingOf(found, { ...request, out }, platform);
  const converted = to === undefined ? null : convertedTo(to, found, request);
  if (drawing !== null) await platform.files.replace(out!, drawing);
  if (converted !== null) await platform.files.replace(to!, converted);
  return found.shown;
}

async function drawingOf(
  { shown, content }: Found,
  request: ShowFilesRequest & { readonly out: string },
  platform: Platform,
): Promise<string | Uint8Array> {
  const { out, path } = request;
  const ending = /\.(html|png|svg)$/i.exec(out)?.[1].toLowerCase();
  if (ending === undefined)
    throw new CrispError(
      "usage",
      `--out is ${out}; a drawing is .html, .png or .svg. Name it so, or use --to to convert.`,
    );
  if (content === null) {
    const [what, advice] = undrawn[shown.kind];
    throw new CrispError("usage", `${path} holds ${what}, which crisp show does not draw. ${advice(path)}`);
  }
  const name = platform.files.paths.basename(path);
  const about = { name, origin: platform.origin(request.command ?? "crisp show"), fonts: await platform.fonts() };
  if (content.kind === "codes") {
    const { lambdas } = shown as ShownCodes;
    if (ending === "png")
      throw new CrispError("usage", `--out is ${out}; codes are drawn as .html or .svg. Rename it.`);
    return ending === "svg" ? statisticsSvg(lambdas, about.fonts) : statisticsPage(lambdas, about);
  }
  if (content.kind === "picture" && ending === "png") return encodePng(content.picture);
  const sheet = sheetOf(content);
  if (ending === "png") return sheetPng(sheet);
  return ending === "svg" ? sheetSvg(sheet, about.fonts) : sheetPage(shown, sheet, about);
}

/** What cannot be drawn, and what to do instead. */
const undrawn: Readonly<Record<string, readonly [what: string, advice: (path: string) => string]>> = {
  study: ["a study", (path) => `A study has its own report: crisp report ${path}.`],
  table: ["a table", (path) => `Draw it by crisp fit ${path} --out DIR.`],
  columns: [
    "a table without curves",
    (path) => `Columns of size, control and value are drawn: crisp fit ${path} --columns size=…,control=…,value=…`,
  ],
  pictures: ["a folder of pictures", () => "Name one of them."],
  arrays: ["several arrays", () => "Save the one that is wanted in a file of its own."],
  array: ["an array", () => "Those of two to five axes with finite values are drawn: reshape or repair it."],
};

type Drawn = Exclude<Found["content"], null | { readonly kind: "codes" }>;

function sheetOf(content: Drawn): Sheet {
  switch (content.kind) {
    case "atoms":
      return { items: content.file.atoms, centred: false };
    case "images":
      return { items: content.images, centred: true, perRow: content.perRow };
    case "picture":
      return { items: levels(content.picture), centred: true };
    default:
      return content satisfies never;
  }
}

/** [1, height, width, channels] in grey levels of 255. */
function levels(picture: Picture): Tensor {
  const { height, width, channels } = picture;
  return tensor([1, height, width, channels], Float32Array.from(levelsOf(picture)));
}

/** The bytes of the file that `to` names. */
function convertedTo(to: string, { shown, content }: Found, request: ShowFilesRequest): Uint8Array {
  if (content === null)
    throw new CrispError(
      "usage",
      `${request.path} holds ${undrawn[shown.kind][0]}, which is not converted. Leave out --to ${to}.`,
    );
  if (content.kind === "images" && content.perRow !== undefined)
    throw new CrispError(
      "usage",
      `${request.path} has shape (${(shown as ShownArray).shape.join(", ")}); arrays of two to four axes are converted. Save the images of one λ in a file of their own.`,
    );
  const format = formatOf(to);
  const ending = /\.[^./\\]*$/.exec(to)?.[0].toLowerCase() ?? "";
  const known: readonly string[] = targets[content.kind];
  if (format === undefined || !known.includes(ending))
    throw new CrispError(
      "usage",
      `--to is ${to}; ${nameOf(content.kind)} are written as ${known.join(", ")}. Let the name end so${content.kind === "images" ? ", or say --as dictionary or --as codes" : ""}.`,
    );
  switch (content.kind) {
    case "atoms":
      return atomsTo(format, content.file, { to, ...request });
    case "images":
      return arrayTo(format, "images", content.images);
    case "codes":
      return encodeCodes(to, content.set);
    case "picture":
      return format === "png" ? encodePng(content.picture) : encodeNpy(levels(content.picture));
    default:
      return content satisfies never;
  }
}

function nameOf(kind: keyof typeof targets): string {
  return { atoms: "dictionaries", images: "images", codes: "codes", picture: "pictures" }[kind];
}

function atomsTo(
  format: string,
  { atoms, stride, boundary }: DictionaryFile,
  { to, onWarning }: { readonly to: string; onWarning?(text: string): void },
): Uint8Array {
  if (stride !== null || boundary !== null)
    onWarning?.(
      `${to} does not say how its patches lie: stride ${stride?.join("×")}, boundary ${boundary} (--stride, --boundary).`,
    );
  if (format === "safetensors") return encodeSafetensors({ tensors: { atoms }, metadata: {} });
  return format === "pvp" ? encodePvpWeights(atoms) : arrayTo(format, "atoms", atoms);
}

function arrayTo(format: string, name: string, array: Tensor): Uint8Array {
  if (format === "npy") return encodeNpy(array);
  return format === "npz" ? encodeNpz({ [name]: array }) : encodePvpDense(array);
}
