// Figures for papers as a user gets them: PNG of 300 dpi, PDF of the figure's size, or what to do without a browser.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { crisp, emptyFolder } from "./process.js";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

function table(): string {
  const cwd = emptyFolder();
  const rows = [8, 16, 32, 64].map((size) => `${size},${size ** -0.5},${0.01 * size ** -0.5}`);
  writeFileSync(join(cwd, "t.csv"), `size,value,error\n${rows.join("\n")}\n`);
  return cwd;
}

describe.skipIf(!existsSync(chromium))("crisp fit --figures", () => {
  it("draws every figure as PNG of 300 dpi and as one page of PDF with its size", async () => {
    const cwd = table();
    const env = { CHROME_PATH: chromium };
    const { status, stderr } = await crisp(["fit", "t.csv", "--out", "o", "--figures", "png,pdf"], { cwd, env });
    expect({ status, stderr: stderr.replace(/^warning: .*\n/, "") }).toEqual({ status: 0, stderr: "" });
    const names = readdirSync(join(cwd, "o/figures"));
    const drawn = names.filter((name) => name.endsWith(".svg")).map((name) => name.replace(".svg", ""));
    expect(drawn.length).toBeGreaterThan(2);
    for (const name of drawn) {
      const [svg, png, pdf] = ["svg", "png", "pdf"].map((end) => readFileSync(join(cwd, `o/figures/${name}.${end}`)));
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg.toString("utf8"))!.map(Number);
      const read = PNG.sync.read(png);
      expect(Math.abs(read.width - (width * 300) / 96)).toBeLessThan(1);
      expect(Math.abs(read.height - (height * 300) / 96)).toBeLessThan(2);
      expect(png.indexOf("pHYs")).toBe(37);
      expect(png.readUInt32BE(41)).toBe(Math.round(300 / 0.0254));
      expect(read.data.some((value, i) => i % 4 === 0 && value < 128)).toBe(true); // not an empty sheet
      const text = pdf.toString("latin1");
      expect(text).toMatch(/^%PDF-/);
      expect(text.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(1);
      const [, pageWidth] = /\/MediaBox \[0 0 ([\d.]+)/.exec(text)!.map(Number);
      expect(Math.abs(pageWidth - width * 0.75)).toBeLessThan(1);
    }
  });
});

describe("crisp fit --figures refuses", () => {
  it("without a browser, and says what is there and what to do", async () => {
    const cwd = table();
    const env = { CHROME_PATH: "/nowhere/chrome" };
    const { status, stderr } = await crisp(["fit", "t.csv", "--out", "o", "--figures", "png"], { cwd, env });
    expect(status).toBe(2);
    expect(stderr).toMatch(/CHROME_PATH \/nowhere\/chrome cannot be run\. Install Chromium, .* there as SVG\.\n$/);
    expect(readdirSync(join(cwd, "o/figures"))).toContain("value-against-size.svg");
  });

  it.each([
    ["another format", ["--out", "o", "--figures", "jpeg"], "--figures is jpeg; it must be png, pdf"],
    ["figures without a folder", ["--figures", "png"], "Add --out DIR."],
  ])("%s, before it fits", async (_, words, says) => {
    const cwd = table();
    const { status, stdout, stderr } = await crisp(["fit", "t.csv", ...words], { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(readdirSync(cwd)).toEqual(["t.csv"]);
  });
});
