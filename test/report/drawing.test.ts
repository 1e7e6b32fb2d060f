import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { encodePng } from "../../src/formats/png.js";
import { atomSheet, byUse } from "../../src/report/pictures.js";
import { spread } from "../../src/report/svg/labels.js";
import { cutTo, type Point, smooth } from "../../src/report/svg/marks.js";
import { logScale, ticksOf } from "../../src/report/svg/scale.js";

describe("pictures", () => {
  test("an independent decoder reads back every pixel", () => {
    const rgba = Uint8Array.from({ length: 5 * 3 * 4 }, (_, i) => (i * 37) % 256);
    const read = PNG.sync.read(Buffer.from(encodePng({ width: 5, height: 3, channels: 4, bytes: rgba })));
    expect([read.width, read.height]).toEqual([5, 3]);
    expect(Uint8Array.from(read.data)).toEqual(rgba);
  });

  test("an atom's zero is grey 128, its largest weight 255 or 1, whatever its norm", () => {
    const atoms = tensor([1, 1, 3, 1], Float32Array.of(0, 0.004, -0.004));
    const sheet = atomSheet({ features: 1, atoms, use: [0.1], lambda: 0.5 }, [0, 1], 1);
    const read = PNG.sync.read(Buffer.from(sheet.uri.split(",")[1], "base64"));
    const scale = read.width / 3;
    expect([0, 1, 2].map((x) => read.data[x * scale * 4])).toEqual([128, 255, 1]);
  });

  test("atoms are ordered by use and dead ones come last", () => {
    const atoms = tensor([4, 1, 1, 1]);
    expect(byUse({ features: 4, atoms, use: [0.1, 0, 0.3, 0.1], lambda: 1 })).toEqual([2, 0, 3, 1]);
  });
});

describe("marks", () => {
  const parabola = (x: number) => (x - 3.3) ** 2;

  test("the smooth curve reproduces a parabola through uneven points", () => {
    const points = [0, 1, 2.5, 3, 4.2, 6].map((x): Point => [x, parabola(x)]);
    for (const [a, b, c, d] of smooth(points)) {
      const middle = [0, 1].map((k) => (a[k] + 3 * b[k] + 3 * c[k] + d[k]) / 8);
      expect(middle[1]).toBeCloseTo(parabola(middle[0]), 9);
    }
  });

  test("a curve is cut exactly at the window's edge", () => {
    const pixels = [0, 1, 2, 3, 4, 5, 6].map((x): Point => [x, -parabola(x)]);
    const cut = cutTo(smooth(pixels), { top: -4 }); // the pixel axis points down: keeps parabola(x) ≤ 4
    expect(cut[0][0][0]).toBeCloseTo(1.3, 9);
    expect(cut[cut.length - 1][3][0]).toBeCloseTo(5.3, 9);
  });

  test("a curve is cut exactly at every side of a box", () => {
    const pixels = [0, 1, 2, 3, 4, 5, 6].map((x): Point => [x, parabola(x)]);
    const cut = cutTo(smooth(pixels), { left: 0.5, right: 4.25, bottom: 6.25 });
    expect(cut[0][0][0]).toBeCloseTo(0.8, 9);
    expect(cut[cut.length - 1][3][0]).toBeCloseTo(4.25, 9);
  });

  test("labels spread on a line keep their gap and their order", () => {
    const at = spread([10, 12, 13, 60], { widths: [20, 20, 20, 20], gap: 6, within: [0, 200] });
    for (let i = 1; i < 4; i++) expect(at[i] - at[i - 1]).toBeGreaterThan(25.9);
    expect(at[0]).toBeGreaterThanOrEqual(10);
  });

  test("logarithmic ticks are 1 2 5, then 1 3, then decades", () => {
    const scale = logScale([0.08, 21], [0, 1]);
    expect(ticksOf(scale, 9)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10, 20]);
    expect(ticksOf(scale, 5)).toEqual([0.1, 0.3, 1, 3, 10]);
    expect(ticksOf(scale, 4)).toEqual([0.1, 1, 10]);
  });
});
