import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  atomLength,
  checkGeometry,
  columnAxis,
  type Geometry,
  imageLength,
  positions,
  posterGeometry,
  rowAxis,
  systemSize,
} from "../../src/core/geometry.js";

const poster = posterGeometry(128);

describe("the poster's network", () => {
  it("has 16×16 positions, L = 256·F units, unit i on pixels 2i − 3 … 2i + 4", () => {
    expect(rowAxis(poster)).toEqual({ count: 16, first: -3 });
    expect(columnAxis(poster)).toEqual({ count: 16, first: -3 });
    expect([positions(poster), systemSize(poster)]).toEqual([256, 32768]);
    expect([imageLength(poster), atomLength(poster)]).toEqual([3072, 192]);
    expect(() => checkGeometry(poster)).not.toThrow();
  });
});

describe("axes", () => {
  const size = fc.record({
    length: fc.integer({ min: 1, max: 60 }),
    patch: fc.integer({ min: 1, max: 12 }),
    stride: fc.integer({ min: 1, max: 12 }),
  });
  const geometry = (length: number, patch: number, stride: number, boundary: Geometry["boundary"]): Geometry => ({
    ...poster,
    height: length,
    patch: [patch, 8],
    stride: [stride, 2],
    boundary,
  });

  it("crop: patches at least as large as the stride cover every pixel, and each sees the image", () => {
    fc.assert(
      fc.property(size, ({ length, patch, stride }) => {
        fc.pre(patch >= stride && patch <= length);
        const { count, first } = rowAxis(geometry(length, patch, stride, "crop"));
        const covered = new Uint8Array(length);
        for (let unit = 0; unit < count; unit++) {
          const from = Math.max(0, first + unit * stride);
          const to = Math.min(length, first + unit * stride + patch);
          expect(to).toBeGreaterThan(from);
          covered.fill(1, from, to);
        }
        expect(covered.every((pixel) => pixel === 1)).toBe(true);
        expect(rowAxis(geometry(length, patch, stride, "full"))).toEqual({ count, first });
      }),
    );
  });

  it("valid: every patch lies inside and no further one would", () => {
    fc.assert(
      fc.property(size, ({ length, patch, stride }) => {
        fc.pre(patch <= length);
        const { count, first } = rowAxis(geometry(length, patch, stride, "valid"));
        expect(first).toBe(0);
        expect((count - 1) * stride + patch).toBeLessThanOrEqual(length);
        expect(count * stride + patch).toBeGreaterThan(length);
      }),
    );
  });

  it("circular: the stride carries the last patch onto the first", () => {
    const { count, first } = rowAxis(geometry(32, 8, 4, "circular"));
    expect(count * 4).toBe(32);
    expect(first).toBe(-2);
  });

  it("rows and columns are independent", () => {
    const g: Geometry = { ...poster, height: 20, width: 33, patch: [4, 6], stride: [4, 3] };
    expect([rowAxis(g), columnAxis(g)]).toEqual([
      { count: 5, first: 0 },
      { count: 11, first: -1 },
    ]);
    expect(positions(g)).toBe(55);
  });
});

describe("checkGeometry", () => {
  it("names the field, the value and what is allowed", () => {
    const refuse = (change: Partial<Geometry>, message: string | RegExp) =>
      expect(() => checkGeometry({ ...poster, ...change })).toThrow(message);
    refuse({ features: 0 }, "features is 0; it must be a whole number of at least 1");
    refuse({ height: 31.5 }, "height is 31.5");
    refuse({ stride: [2, Number.NaN] }, "stride[1] is NaN");
    refuse({ patch: [33, 8] }, "images are 32×32; a patch of 33×8 does not fit. Use larger");
    refuse({ height: 3, width: 32, channels: 32 }, "3×32×32: if channels come first, add --layout nchw");
    refuse({ boundary: "circular", stride: [2, 5] }, /stride 2×5 must divide the image 32×32/);
  });
});
