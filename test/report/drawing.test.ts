import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { encodePng } from "../../src/formats/png.js";
import { type Line, linesPanel } from "../../src/report/figures/lines.js";
import { type SizePoint, sizePanel } from "../../src/report/figures/scaling.js";
import { useFinding, usePanel } from "../../src/report/figures/use.js";
import { studyFigures } from "../../src/report/figures.js";
import { atomSheet, byUse } from "../../src/report/pictures.js";
import { shownLaw } from "../../src/report/size-law.js";
import { figureFiles } from "../../src/report/standalone.js";
import { around, type Label, type Obstacle, ownPlaces, placeLabels, spread } from "../../src/report/svg/labels.js";
import { boxesAlongLine, cutTo, type Point, smooth } from "../../src/report/svg/marks.js";
import { drawAll, panelFigure } from "../../src/report/svg/panel.js";
import { logScale, ticksOf } from "../../src/report/svg/scale.js";
import { type Box, textBox } from "../../src/report/svg/text.js";
import { gap } from "./boxes.js";
import { protocolRecord } from "./protocol-sample.js";
import { sample } from "./sample.js";
import { transitionRecord } from "./transition-sample.js";

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

  test("of few atoms one is the most used, and is told as one", () => {
    const tableau = { features: 4, atoms: tensor([4, 1, 1, 1]), use: [0.1, 0.2, 0.6, 0.1], lambda: 1 };
    expect(useFinding(tableau)).toBe("The most used of 4 atoms does 60% of the coding.");
    const figure = panelFigure(usePanel(tableau), 368, "");
    expect(figure).toContain("the most used atom");
    expect(figure).toContain("does 60% of the coding");
    const many = { ...tableau, features: 16, use: [...Array(16).keys()] };
    expect(useFinding(many)).toBe("The 2 most used of 16 atoms do 24% of the coding."); // (15 + 14) of 120
  });

  test("atoms are ordered by use and dead ones come last", () => {
    const atoms = tensor([4, 1, 1, 1]);
    expect(byUse({ features: 4, atoms, use: [0.1, 0, 0.3, 0.1], lambda: 1 })).toEqual([2, 0, 3, 1]);
  });
});

describe("names of lines", () => {
  /** A fan of straight lines through one point, as curves that cross: their right ends stand this far apart, px. */
  const fan = (apart: number) =>
    [0, 1, 2, 3].map((i): Label => {
      const end: Point = [300, 100 + i * apart];
      const places = around(end);
      return { lines: [`${8 << i}`], places, own: boxesAlongLine([[0, 100], end]) };
    });
  const bounds = { left: -20, right: 330, top: 0, bottom: 400 };

  test.each([40, 60])("each is nearer to its own line than to any other where ends are %i px apart", (apart) => {
    const lines = fan(apart);
    const placed = ownPlaces(
      lines,
      lines.flatMap(({ own = [] }) => own),
      bounds,
    )!;
    const all = placed.flatMap(({ lines: [text], places }, i) =>
      places.map(({ x, y, anchor }) =>
        lines.map(({ own = [] }) => nearest(textBox([x, y], text, anchor), own)).map((d, k) => ({ d, is: k === i })),
      ),
    );
    expect(all.length).toBeGreaterThan(3);
    for (const found of all) {
      const own = found.find(({ is }) => is)!.d;
      for (const { d, is } of found) if (!is) expect(own).toBeLessThan(d);
    }
  });

  test("there is no room where ends are 6 px apart: a key takes their place", () => {
    const lines = fan(6);
    expect(ownPlaces(lines, [], bounds)).toBeNull();
    const sizes = [8, 16, 32, 64];
    const curves = (apart: number) =>
      sizes.map(
        (size, i): Line => ({
          name: `${size}`,
          dress: { colour: i, shape: i, hollow: false },
          points: [0, 1, 2].map((x): Point => [x, (x - 1) * (1 + i * apart)]),
        }),
      );
    const axis = { title: "x", scale: "linear" } as const;
    const drawn = (apart: number) =>
      panelFigure(linesPanel(curves(apart), { names: "beside", x: axis, y: axis }), 528, "");
    const markers = (svg: string) => svg.match(/class="mark /g)?.length ?? 0;
    expect(markers(drawn(1))).toBe(0);
    expect(markers(drawn(0.02))).toBe(4 + 4 * 3);
  });

  /** Pixels between a label and the nearest point of a line. */
  function nearest(label: Box, line: readonly Box[]): number {
    return Math.min(...line.map((box) => gap(label, box)));
  }
});

test("a label stands on a line rather than on a point", () => {
  const places = [
    { x: 100, y: 100, anchor: "middle" },
    { x: 100, y: 200, anchor: "middle" },
  ] as const;
  const [first, second] = places.map(({ x, y }): Box => ({ left: x - 8, right: x + 8, top: y - 12, bottom: y + 4 }));
  const drawn = (obstacles: readonly Obstacle[]) =>
    placeLabels([{ lines: ["slope"], places }], obstacles, { left: 0, right: 300, top: 0, bottom: 300 });
  const long = { ...second, left: 40, right: 160 };
  expect(drawn([{ ...first, point: true }, long])).toContain('y="200"');
  expect(drawn([first, long])).toContain('y="100"');
});

test("a fit beside all its points is drawn through their mean height with its own slope", () => {
  const amplitude = { value: 3, low: 2, high: 4 };
  const exponent = { value: -0.5, low: -0.6, high: -0.4 };
  const band = [10, 1000].map((size) => ({
    size,
    value: 3 * size ** -0.5,
    low: 2 * size ** -0.5,
    high: 4 * size ** -0.5,
  }));
  const fit = { powerLaw: { amplitude, exponent, band }, exponent, models: [], verdict: "power-law" } as never;
  const drawn = (by: number) => {
    const measured = [10, 100, 1000].map((L): SizePoint => {
      const value = by * 3 * L ** -0.5;
      const dress = { colour: 0, shape: 0, hollow: false };
      return { L, estimate: { value, low: value, high: value }, dress, leftOut: false };
    });
    const panel = sizePanel(
      { measured, known: [10, 100, 1000] },
      { title: "y", xTitle: "x", law: shownLaw(fit, measured) },
    );
    return panelFigure(panel, 528, "");
  };
  /** The line's ends, and the centres of the first and the last point (a circle starts at its left). */
  const ends = (svg: string) => {
    const [, line] = /d="M([^"]*)" class="fit"/.exec(svg)!;
    const points = [...svg.matchAll(/d="M([\d.]+) ([\d.]+)A[^"]*" class="mark/g)].map(([, x, y]) => [+x + 6, +y]);
    return { line: line.split("L").map((one) => one.split(" ").map(Number)), points: [points[0], points[2]] };
  };
  const { line, points } = ends(drawn(1.3));
  for (const [i, value] of line.flat().entries()) expect(value).toBeCloseTo(points.flat()[i], 1);
  expect(drawn(1.3)).toContain("mean height");
  expect(drawn(1)).not.toContain("mean height");
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

test("a figure in a file of its own has no panel letter", () => {
  const axis = { title: "x", scale: "linear" } as const;
  const points: readonly Point[] = [
    [0, 0],
    [1, 1],
  ];
  const one: Line = { name: "", dress: { colour: 0, shape: 0, hollow: false }, points };
  const figures = drawAll([["one", "", linesPanel([one], { letter: "b", names: "beside", x: axis, y: axis })]]);
  const letter = '<tspan class="b">b</tspan>';
  expect(figures.get("one")!.wide).toContain(letter);
  expect(figureFiles(figures, [])["one.svg"]).not.toContain(letter);
  // Nor has any figure of a study, however it is drawn.
  const all = { ...sample, transition: transitionRecord, protocol: protocolRecord };
  expect(studyFigures(all)["prediction.svg"]).toContain("Prediction and measurement");
  for (const [name, text] of Object.entries(studyFigures(all)))
    expect(text, name).not.toMatch(/<tspan class="b">[a-d]<\/tspan>/);
});
