/**
 * How long `crisp denoise` takes on this machine, found out on the pictures themselves: the first in
 * grey and the first in colour are read and written, and squares put together from their four quarters
 * cleaned, each of twice the area of the one before, for about a second of processor time. All goes with
 * the area, but the search for λ with that of its crops, which grows no further. A square is taken to have
 * the noise and the contrast of its picture.
 */
import { greyIfEqual, type Picture } from "../formats/picture.js";
import { type PictureHeader, readPictureHeader } from "../formats/picture-header.js";
import { encodePng } from "../formats/png.js";
import { searchedPixels } from "../tasks/denoise/search.js";
import type { Executor } from "../work/executor.js";
import { type Cleaner, type DenoiseChoices, taskOf } from "./denoise.js";
import type { DenoiseFile } from "./denoise-files.js";
import type { Platform } from "./platform.js";

/** What denoising will take. */
export type DenoisingEstimate = {
  readonly pictures: number;
  readonly megapixels: number;
  /** On this machine when it is idle. */
  readonly seconds: number;
};

type Size = Pick<PictureHeader, "height" | "width" | "channels">;
type Sized = Size & { readonly input: string };

/** Processor seconds for pictures of a kind. */
const measured = 1;
/** Starting, and opening the model. */
const startSeconds = 0.7;
/** Side of the first square, on which code is also compiled. */
const firstSide = 24;

/** Sizes of all pictures from their headers; those that are none, which the work will name, are left out. */
export async function sizesOf(files: readonly DenoiseFile[], platform: Pick<Platform, "files">): Promise<Sized[]> {
  const found: Sized[] = [];
  for (const { input } of files) {
    try {
      found.push({ input, ...readPictureHeader(await platform.files.read(input), input) });
    } catch (error) {
      if (files.length === 1) throw error;
    }
  }
  return found;
}

/** The estimate, by a cleaner at work. */
export async function denoisingPace(
  sizes: readonly Sized[],
  {
    cleaner,
    executor,
    choices,
  }: { readonly cleaner: Cleaner; readonly executor: Executor; readonly choices: DenoiseChoices },
  platform: Platform,
): Promise<Omit<DenoisingEstimate, "pictures">> {
  let seconds = startSeconds;
  for (const channels of [1, 3]) {
    const kind = sizes.filter((size) => size.channels === channels);
    if (kind.length === 0) continue;
    const pace = await paceOf(kind[0].input, { cleaner, choices }, platform);
    const lanes = Math.min(executor.workers, platform.cores);
    for (const size of kind) {
      seconds += (pace.coding * pixels(size) + pace.search * searchedPixels(size)) / lanes + pace.file * pixels(size);
    }
  }
  const megapixels = sizes.reduce((sum, size) => sum + pixels(size), 0) / 1e6;
  return { megapixels, seconds };
}

/** Processor seconds: per pixel read and written, per pixel coded, and per pixel of the crops on which λ is sought. */
type PicturePace = { readonly file: number; readonly coding: number; readonly search: number };

/** By the largest square. */
async function paceOf(
  input: string,
  { cleaner, choices }: { readonly cleaner: Cleaner; readonly choices: DenoiseChoices },
  { images, processor }: Pick<Platform, "processor" | "images">,
): Promise<PicturePace> {
  const opened = processor();
  const picture = greyIfEqual((await images.picture(input)).picture);
  const { unchanged, ...task } = taskOf(picture, choices);
  encodePng(picture);
  const file = (processor() - opened) / pixels(picture);
  if (unchanged !== null) return { file, coding: 0, search: 0 };
  const began = processor();
  for (let side = firstSide; ; side *= Math.SQRT2) {
    const square = sampleOf(picture, Math.round(side));
    const start = processor();
    let chosen = start;
    const watch = {
      onChosen(): void {
        chosen = processor();
      },
    };
    await cleaner.clean(square, { ...task, watch });
    if (processor() - began < measured && 2 * pixels(square) < pixels(picture)) continue;
    return { file, coding: (processor() - chosen) / pixels(square), search: (chosen - start) / searchedPixels(square) };
  }
}

const pixels = ({ height, width }: Pick<Size, "height" | "width">) => height * width;

/** The square of this side with a quarter from the middle of each quarter of a picture, or what there is of it. */
export function sampleOf({ bytes, deep, channels, ...whole }: Picture, side: number): Picture {
  const rows = sampledAt(whole.height, Math.min(side, whole.height));
  const columns = sampledAt(whole.width, Math.min(side, whole.width));
  const at = rows.flatMap((y) =>
    columns.flatMap((x) => Array.from({ length: channels }, (_, c) => (y * whole.width + x) * channels + c)),
  );
  const part = { height: rows.length, width: columns.length, channels, bytes: Uint8Array.from(at, (i) => bytes[i]) };
  return deep ? { ...part, deep: Uint16Array.from(at, (i) => deep[i]) } : part;
}

/** n of N places along an axis: half of them in the middle of each half. */
function sampledAt(all: number, n: number): number[] {
  const half = Math.ceil(n / 2);
  return Array.from({ length: n }, (_, i) => {
    const [part, within] = i < half ? [0, i] : [1, i - half];
    return Math.min(all - 1, Math.floor((part * all) / 2 + (all / 2 - half) / 2) + within);
  });
}
