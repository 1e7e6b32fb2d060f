/** Figures for papers: each SVG of a folder as PNG of 300 dpi and as PDF, drawn by an installed browser. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inBrowser, type Page } from "./browser.js";
import { replaceFile } from "./files.js";

/** Formats that figures may have besides SVG. */
export const figureKinds = ["png", "pdf"] as const;
/** One of `figureKinds`. */
export type FigureKind = (typeof figureKinds)[number];

/** Pixels to the inch: of a page, and of a printed picture. */
const [screen, print] = [96, 300];

/**
 * Draws every SVG of the folder in each format, beside it, light on white paper; text stays text in a PDF.
 *
 * @returns the files written
 * @throws CrispError `usage` where no browser can draw
 */
export async function printFigures(
  folder: string,
  kinds: readonly FigureKind[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".svg")).sort();
  return inBrowser(environment, async (page) => {
    const media = { features: [{ name: "prefers-color-scheme", value: "light" }] };
    await page.call("Emulation.setEmulatedMedia", media);
    const written: string[] = [];
    for (const name of names) {
      const size = await show(page, await readFile(join(folder, name), "utf8"));
      for (const kind of kinds) {
        const path = join(folder, name.replace(/svg$/, kind));
        await replaceFile(path, kind === "png" ? withResolution(await png(page, size)) : await pdf(page, size));
        written.push(path);
      }
    }
    return written;
  });
}

type Size = { readonly width: number; readonly height: number };

/** Puts a figure on the page; resolves when its fonts are there. */
async function show(page: Page, svg: string): Promise<Size> {
  const [, width, height] = (/width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).map(Number);
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  await page.call("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: print / screen, mobile: false });
  const html = `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;overflow:hidden}svg{display:block}</style>${svg}`;
  const { frameTree } = await page.call("Page.getFrameTree", {});
  const { id: frameId } = (frameTree as { frame: { id: string } }).frame;
  await page.call("Page.setDocumentContent", { frameId, html });
  const expression = "document.body.offsetHeight, document.fonts.ready.then(() => true)";
  await page.call("Runtime.evaluate", { expression, awaitPromise: true });
  return size;
}

async function png(page: Page, size: Size): Promise<Uint8Array> {
  const { data } = await page.call("Page.captureScreenshot", {
    format: "png",
    clip: { x: 0, y: 0, ...size, scale: 1 },
  });
  return Buffer.from(data as string, "base64");
}

async function pdf(page: Page, { width, height }: Size): Promise<Uint8Array> {
  const none = { marginTop: 0, marginBottom: 0, marginLeft: 0, marginRight: 0 };
  const paper = { paperWidth: width / screen, paperHeight: height / screen, printBackground: true, pageRanges: "1" };
  const { data } = await page.call("Page.printToPDF", { ...paper, ...none });
  return Buffer.from(data as string, "base64");
}

/** The chunk pHYs with its checksum: 11,811 pixels to the metre both ways, which is 300 dpi. */
const resolution = Buffer.from("000000097048597300002e2300002e230178a53f76", "hex");
/** Signature and IHDR, behind which it may stand. */
const headLength = 33;

/** The picture with its resolution, by which programs set its size on paper. */
function withResolution(png: Uint8Array): Uint8Array {
  return Buffer.concat([png.subarray(0, headLength), resolution, png.subarray(headLength)]);
}
