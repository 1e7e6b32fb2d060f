/**
 * A picture of the reader's own: decoded by the browser, its middle square cut out and scaled down to at most
 * 64×64 pixels, and never sent anywhere. What was done to it is said; what cannot be read is refused in words.
 */
/// <reference lib="dom" />
import { CrispError } from "../../core/errors.js";
import { counted, grouped } from "../../core/words.js";
import { whole } from "../../report/numbers.js";
import type { ColourPicture } from "./pictures.js";

/** The picture as it will be coded, and what was done to it. */
export type OwnPicture = { readonly picture: ColourPicture; readonly words: string };

/** Side of the square that is coded; an atom needs 8 pixels. */
const largestSide = 64;
const smallestSide = 8;
/** Largest file and picture that are opened: what a phone can hold. */
const mostBytes = 50e6;
const mostPixels = 50e6;

/** Name under which it is saved for the command. */
const fileName = "crisp-picture.png";

/**
 * The picture of a file; `turn` counts those that were offered, and tells it from the others.
 *
 * @throws CrispError `data` for what is not a picture, is damaged, too large, too small or of one colour
 */
export async function ownPicture(file: Blob, turn: number): Promise<OwnPicture> {
  if (file.size > mostBytes)
    throw refused(`it has ${whole(file.size / 1e6)} MB; up to ${mostBytes / 1e6} MB are opened. Save a smaller copy`);
  const bytesOf = file.arrayBuffer().catch(() => Promise.reject(refused("it could not be read. Take a file")));
  if (isCutOff(new Uint8Array(await bytesOf))) throw refused("it is cut off. Save it again");
  const image = await decoded(file);
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  if (width * height > mostPixels)
    throw refused(
      `it has ${sizeText(width, height)} pixels; up to ${mostPixels / 1e6} million are opened. Save a smaller copy`,
    );
  const square = Math.min(width, height);
  if (square < smallestSide)
    throw refused(
      `it is ${sizeText(width, height)} pixels; an atom needs ${smallestSide}×${smallestSide}. Take a larger one`,
    );
  const side = Math.min(square, largestSide);
  const { bytes, transparent } = pixelsOf(image, square, side);
  if (bytes.every((value, i) => value === bytes[i % 3] && value === bytes[0]))
    throw refused("all its pixels are equal, so there is nothing to code. Take one with something in it");
  const words = wordsOf({ width, height, square, side, transparent, moves: /gif|apng/.test(file.type) });
  return { picture: { height: side, width: side, bytes, key: `own-${turn}`, file: fileName }, words };
}

/** The header is read here, the pixels only where they are drawn: a huge picture is refused before it takes memory. */
async function decoded(file: Blob): Promise<HTMLImageElement> {
  const image = new Image();
  const url = URL.createObjectURL(file);
  try {
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(refused("this browser cannot read it as a picture. Take a PNG, JPEG or WebP"));
      image.src = url;
    });
    if (image.naturalWidth * image.naturalHeight <= mostPixels) await image.decode();
    return image;
  } catch (cause) {
    if (cause instanceof CrispError) throw cause;
    throw refused("it is damaged. Save it again");
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** PNG and JPEG say where they end; browsers show what there is before, and leave the rest empty. */
function isCutOff(file: Uint8Array): boolean {
  const begins = (...bytes: number[]) => bytes.every((byte, i) => file[i] === byte);
  const ends = begins(0x89, 0x50, 0x4e, 0x47) ? [0x49, 0x45, 0x4e, 0x44] : begins(0xff, 0xd8) ? [0xff, 0xd9] : null;
  // Behind the end other data may follow, as in pictures that phones take; in front of it thumbnails have ends too.
  const from = Math.max(0, file.length >> 1);
  return ends !== null && !file.some((_, i) => i >= from && ends.every((byte, j) => file[i + j] === byte));
}

/** The middle square, scaled, on white where the picture is transparent; [side, side, 3]. */
function pixelsOf(image: HTMLImageElement, square: number, side: number) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  const [left, top] = [(image.naturalWidth - square) >> 1, (image.naturalHeight - square) >> 1];
  context.drawImage(image, left, top, square, square, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const bytes = new Uint8Array(side * side * 3);
  let transparent = false;
  for (let i = 0; i < side * side; i++) {
    const alpha = data[4 * i + 3] / 255;
    transparent ||= alpha < 1;
    for (let c = 0; c < 3; c++) bytes[3 * i + c] = Math.round(alpha * data[4 * i + c] + 255 * (1 - alpha));
  }
  return { bytes, transparent };
}

type Done = { readonly width: number; readonly height: number; readonly square: number; readonly side: number };

function wordsOf(of: Done & { readonly transparent: boolean; readonly moves: boolean }): string {
  const { width, height, square, side } = of;
  const cut = width === height ? "" : `, its middle ${sizeText(square, square)}`;
  const scaled = square === side ? "" : `, scaled to ${side}×${side}`;
  const more = [of.transparent ? "on white where it is transparent" : "", of.moves ? "its first frame" : ""];
  return [`${sizeText(width, height)} ${counted(width * height, "pixel").replace(/^\S+ /, "")}${cut}${scaled}`, ...more]
    .filter(Boolean)
    .join("; ");
}

/** Offers the picture as the file that the command reads. */
export function savePicture({ width, height, bytes }: ColourPicture): void {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  const link = document.createElement("a");
  link.download = fileName;
  link.href = canvas.toDataURL("image/png");
  link.click();
}

/** What the browser hands over when something is dropped or pasted: its first file. */
export function firstFile(data: DataTransfer | null): File | null {
  return data?.files[0] ?? null;
}

/** "1,920×1,080". */
function sizeText(width: number, height: number): string {
  return `${grouped(width)}×${grouped(height)}`;
}

function refused(why: string): CrispError {
  return new CrispError("data", `The picture was not taken: ${why}.`);
}
