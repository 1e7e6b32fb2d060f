import { describe, expect, it } from "vitest";
import { count, slice, tensor } from "../../src/core/tensor.js";

describe("tensor", () => {
  it("is zeros of its shape, or the data given", () => {
    expect(tensor([2, 3])).toEqual({ shape: [2, 3], data: new Float32Array(6) });
    const data = Float32Array.of(1, 2);
    expect(tensor([1, 2], data).data).toBe(data);
  });

  it("refuses data that do not fit, with both numbers", () => {
    expect(() => tensor([2, 3], new Float32Array(5))).toThrow("data holds 5 values; shape [2,3] needs 6");
  });

  it("counts a single value for no axis and none for an empty one", () => {
    expect([count([]), count([4, 0, 3]), count([4, 2, 3])]).toEqual([1, 0, 24]);
  });
});

describe("slice", () => {
  it("is a view of one part along the first axis, row-major", () => {
    const whole = tensor([3, 2], Float32Array.of(0, 1, 10, 11, 20, 21));
    const middle = slice(whole, 1);
    expect([...middle]).toEqual([10, 11]);
    middle[0] = 5;
    expect(whole.data[2]).toBe(5);
  });
});
