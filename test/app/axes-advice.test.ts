// Advice on axes: an order is named only where atoms and images agree in it, a transposition only where it fits.
import { describe, expect, it } from "vitest";
import { type AxesFound, axesAdvice } from "../../src/app/axes-advice.js";

const size = { height: 16, width: 16, channels: 3 };
/** An array of atoms of this shape, in which both orders may be tried. */
const stored = ([f, a, b, c]: readonly number[], of: Partial<AxesFound> = {}): AxesFound => ({
  atoms: (layout) => (layout === "nhwc" ? [f, a, b, c] : [f, b, c, a]),
  shape: [4, 16, 16, 3],
  ...of,
});

describe("advice on axes", () => {
  it.each([undefined, "nhwc", "nchw"] as const)("[rows, columns, channels, features] is transposed (%s)", (named) => {
    const says = axesAdvice(size, stored([8, 8, 3, 48], { atomsLayout: named }));
    expect(says).toContain("[features, rows, columns, channels]");
    expect(says).toContain("are [rows, columns, channels, features], save np.transpose(d, (3, 0, 1, 2))");
    expect(says).not.toContain("agree");
  });

  it("of two transpositions that fit, that into square atoms is named", () => {
    expect(axesAdvice(size, stored([8, 8, 3, 16]))).toContain("np.transpose(d, (3, 0, 1, 2))"); // else 8 of 8×16
  });

  it("the other order is named where it fits, of atoms, images and both", () => {
    const nchw = [48, 3, 8, 8];
    expect(axesAdvice(size, stored(nchw, { atomsLayout: "nhwc" }))).toBe(
      "The atoms agree in their other order of axes: leave --atoms-layout out, or give nchw.",
    );
    const planes = { height: 3, width: 16, channels: 16 };
    const shape = [4, 3, 16, 16];
    expect(axesAdvice(planes, stored([48, 8, 8, 3], { shape, layout: "nhwc" }))).toBe(
      "The images agree in their other order of axes: leave --layout out, or give nchw.",
    );
    expect(axesAdvice(planes, stored(nchw, { shape, layout: "nhwc", atomsLayout: "nhwc" }))).toMatch(/^Both agree/);
  });

  it("no order and no transposition is named where none fits, or the file says its order", () => {
    const none = "channels]. Give other images, or another dictionary.";
    expect(axesAdvice(size, stored([48, 8, 8, 1]))).toContain(none);
    expect(axesAdvice(size, stored([8, 8, 3, 48], { atoms: () => [8, 8, 3, 48] }))).toContain(none);
  });
});
