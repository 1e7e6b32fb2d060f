/** A picture of the reader's own in the explorer: opened, pasted, dropped, refused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { crisp } from "../cli/process.js";
import { explorer, root } from "./explorer.js";
import { found } from "./page.js";

/** 12×12 pixels, two frames. */
const movingGif =
  "R0lGODlhDAAMAIEAAAAAAP8AAAD/AAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAADAAMAAAIJwABDBAQQCBBgwUHJjyoEKHDhhAZSlxI8eFEixUjZryoEaPHjhoDAgAh+QQBCgAEACwAAAAADAAMAIEAAAD/AAAA/wAAAP8IJwADCBgAQCBBgwUHJjyoEKHDhhAZSlxI8eFEixUjZryoEaPHjhoDAgA7";

describe.skipIf(!found)("a picture of one's own", () => {
  const { opened, text, open, measured, slide, changed, shown } = explorer();

  const drawn = (width: number, height: number) => {
    const bytes = leavesPicture({ seed: 9, width, height, channels: 3 }, "test", 0);
    return Buffer.from(encodePng({ width, height, channels: 3, bytes }));
  };
  const take = async (name: string, mimeType: string, buffer: Buffer) => {
    const before = await text("own-words");
    await opened.page.setInputFiles("#file", { name, mimeType, buffer });
    await changed("own-words", before);
    return text("own-words");
  };

  /** Pastes as a browser does, onto what has the focus, one after the other at once: pictures, or text. */
  const paste = (...all: readonly { readonly png?: Buffer; readonly words?: string }[]) =>
    opened.page.evaluate(
      (given) => {
        for (const { png, words } of given) {
          const clipboardData = new DataTransfer();
          if (words !== undefined) clipboardData.setData("text/plain", words);
          if (png !== undefined) {
            const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
            clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
          }
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          (document.activeElement ?? document.body).dispatchEvent(event);
        }
      },
      all.map(({ png, words }) => ({ png: png?.toString("base64"), words })),
    );

  test("of any shape is cut and scaled, which is said; saved, it gives the command's number", async () => {
    await open("#lambda=0.6");
    const before = await text("now");
    expect(await take("wide.png", "image/png", drawn(130, 70))).toContain(
      "130×70 pixels, its middle 70×70, scaled to 64×64",
    );
    await changed("now", before);
    await measured();
    const numbers = await shown();
    const [download] = await Promise.all([opened.page.waitForEvent("download"), opened.page.click("#save")]);
    const folder = mkdtempSync(join(tmpdir(), "crisp-own-"));
    await download.saveAs(join(folder, "crisp-picture.png"));
    const [first, command] = (await text("command")).split("\n");
    expect(first).toBe("# First “Save it as PNG” into the repository’s folder, as crisp-picture.png.");
    await opened.page.click("#copy");
    await opened.page.waitForFunction(() => /PNG/.test(document.querySelector("#copied")?.textContent ?? ""));
    const words = command.split(" ").slice(5);
    words[words.indexOf("--dictionary") + 1] = join(root, "docs/explorer/atoms-128.npy");
    const { stdout } = await crisp(words, { cwd: folder });
    const [coded] = JSON.parse(stdout).images[0].lambdas;
    expect([String(coded.active), coded.percentError.toFixed(2)]).toEqual([numbers.active, numbers.percentError]);
    rmSync(folder, { recursive: true });
  });

  test("is drawn at a whole-number scale, however wide its place is", async () => {
    await open("#features=16", 360);
    await take("own.png", "image/png", drawn(64, 64));
    await opened.page.waitForFunction(() => (document.querySelector("#clean") as HTMLCanvasElement).width === 128);
    const shot = await opened.page.locator("#clean").screenshot();
    const { picture } = decodePicture(shot, "clean.png"); // 160 px wide, of which twice 64 are drawn on
    const at = (x: number, y: number) => [...picture.bytes.subarray(3 * (y * picture.width + x)).subarray(0, 3)];
    expect([picture.width, picture.channels]).toEqual([160, 3]);
    for (const edge of [129, 140, 159]) expect([at(edge, 10), at(10, edge)]).toEqual(Array(2).fill([255, 255, 255]));
    for (let y = 0; y < 128; y += 2)
      for (let x = 0; x < 128; x += 2) expect([at(x + 1, y), at(x, y + 1)]).toEqual([at(x, y), at(x, y)]);
  });

  test("is coded anew for each that is taken", async () => {
    await open("#features=16");
    const numbers = [];
    for (const [width, height] of [
      [12, 12],
      [14, 14],
    ]) {
      const before = await text("now");
      await take("own.png", "image/png", drawn(width, height));
      await changed("now", before);
      await measured();
      numbers.push([await text("now"), await text("coding")]);
    }
    expect(numbers[0][0]).not.toBe(numbers[1][0]);
    expect(numbers.map(([, coding]) => coding)).toEqual(["", ""]);
    expect(opened.trouble).toEqual([]);
  });

  test("that cannot be used is refused in words, and the page goes on", async () => {
    await open();
    expect(await take("one.png", "image/png", drawn(1, 1))).toContain("it is 1×1 pixels; an atom needs 8×8");
    expect(await take("words.png", "image/png", Buffer.from("no picture"))).toContain("cannot read it as a picture");
    const line = await opened.page.evaluate(() => getComputedStyle(document.querySelector("#own-words")!).borderLeft);
    expect(line).toBe("2px solid rgb(26, 26, 26)"); // ink
    const cut = drawn(40, 40).subarray(0, 400);
    expect(await take("cut.png", "image/png", cut)).toContain("it is cut off");
    const flat = encodePng({ width: 9, height: 9, channels: 3, bytes: new Uint8Array(243).fill(80) });
    expect(await take("flat.png", "image/png", Buffer.from(flat))).toContain("all its pixels are equal");
    const huge = encodePng({ width: 8000, height: 8000, channels: 1, bytes: new Uint8Array(64e6) });
    expect(await take("huge.png", "image/png", Buffer.from(huge))).toContain(
      "it has 8,000×8,000 pixels; up to 50 million",
    );
    const clear = Uint8Array.from({ length: 20 * 20 * 4 }, (_, i) => (i % 4 === 3 ? (i % 8) * 20 : i % 256));
    const seen = encodePng({ width: 20, height: 20, channels: 4, bytes: clear });
    expect(await take("clear.png", "image/png", Buffer.from(seen))).toContain("on white where it is transparent");
    await slide("lambda", 60);
    expect(opened.trouble).toEqual([]);
  });

  test("may be pasted as a PNG from the clipboard; pasted words change nothing", async () => {
    await open("#lambda=0.6");
    const before = await text("now");
    await paste({ words: "no picture" });
    await opened.page.focus("#lambda");
    await paste({ png: drawn(24, 20) });
    await changed("now", before);
    await measured();
    expect(await text("own-words")).toBe("24×20 pixels, its middle 20×20");
    expect(await opened.page.locator("#own-choice input").isChecked()).toBe(true);
    const pixels = await opened.page.evaluate(() => {
      const { width, height } = document.querySelector("#thumb-own") as HTMLCanvasElement;
      return [width, height];
    });
    expect(pixels).toEqual([20, 20]);
    await paste({ words: "no picture" });
    expect(await text("own-words")).toBe("24×20 pixels, its middle 20×20");
    expect(opened.trouble).toEqual([]);
  });

  test("has its words while it is chosen, and why one was refused stands until another is", async () => {
    await open();
    expect(await take("own.png", "image/png", drawn(12, 12))).toBe("12×12 pixels");
    expect(await opened.page.locator("#save").isVisible()).toBe(true);
    await opened.page.locator("input[value=leaves-20]").check({ force: true });
    await opened.page.waitForFunction(() => document.querySelector("#own-words")?.textContent === "");
    expect(await opened.page.locator("#save").isVisible()).toBe(false);
    expect(await take("one.png", "image/png", drawn(1, 1))).toContain("it is 1×1 pixels");
    await opened.page.locator("input[value=leaves-6]").check({ force: true });
    await opened.page.waitForFunction(() => document.querySelector("#own-words")?.textContent === "");
  });

  test("may be dropped; of one that moves the first frame is taken", async () => {
    await open("#lambda=0.6");
    const before = await text("now");
    await opened.page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "moving.gif", { type: "image/gif" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, movingGif);
    await changed("now", before);
    expect(await text("own-words")).toBe("12×12 pixels; its first frame");
    expect(opened.trouble).toEqual([]);
  });
});
