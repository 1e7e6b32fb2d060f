import { describe, expect, it } from "vitest";
import { exactCircle, exactLog } from "../../src/core/exact.js";
import { draws, purpose } from "../../src/core/random.js";

/** Fixed-point numbers with 160 binary places: the truth to which doubles are compared. */
const places = 160n;
const one = 1n << places;
const times = (a: bigint, b: bigint) => (a * b) >> places;

/** A double as a fixed-point number, exact while |x| ≥ 2⁻¹⁰⁸. */
function fixed(x: number): bigint {
  let shift = 0n;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    shift++;
  }
  return (BigInt(value) << places) >> shift;
}

/** 2·artanh(z) = 2(z + z³/3 + z⁵/5 + …) */
function doubleArtanh(z: bigint): bigint {
  const square = times(z, z);
  let sum = 0n;
  let power = z;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = times(power, square);
  }
  return 2n * sum;
}

const ln2 = doubleArtanh(one / 3n);

function trueLog(x: number): bigint {
  let exponent = 0n;
  let m = x;
  for (; m >= 2; m /= 2) exponent++;
  for (; m < 1; m *= 2) exponent--;
  const value = fixed(m);
  return doubleArtanh(((value - one) << places) / (value + one)) + exponent * ln2;
}

/** 4(4 arctan(1/5) − arctan(1/239)), Machin's π. */
function machin(): bigint {
  const arctan = (n: bigint) => {
    let sum = 0n;
    let power = one / n;
    for (let k = 1n; power !== 0n; k += 2n) {
      sum += k % 4n === 1n ? power / k : -(power / k);
      power /= n * n;
    }
    return sum;
  };
  return 4n * (4n * arctan(5n) - arctan(239n));
}
const pi = machin();

function trueCircle(t: number): [bigint, bigint] {
  const x = times(2n * pi, fixed(t));
  const sums: [bigint, bigint] = [0n, 0n];
  let term = one; // xⁿ/n!
  for (let n = 0n; n < 120n; n++) {
    sums[Number(n % 2n)] += n % 4n < 2n ? term : -term;
    term = times(term, x) / (n + 1n);
  }
  return sums;
}

/** |found − truth|, as a double. */
const distance = (found: number, truth: bigint) => {
  const difference = fixed(found) - truth;
  return Number(difference < 0n ? -difference : difference) / Number(one);
};

const draw = draws({ seed: 1, purpose: purpose.test }, 0);
const samples = Array.from({ length: 1500 }, () => draw.uniform());

describe("exactLog", () => {
  it("is within 4e-16 of the true logarithm, relatively, over 600 powers of two and next to 1", () => {
    const values = [
      ...samples,
      ...samples.map((u) => 2 ** (600 * u - 300)),
      ...samples.map((u) => 1 + (u - 0.5) / 64),
      ...samples.slice(0, 60).map((_, n) => 1 + 2 ** (-n / 2)),
      Math.SQRT2,
      Math.SQRT1_2,
      1 + 2 ** -52,
      1 - 2 ** -53,
      0.5 / 2 ** 53, // the least uniform number
    ].filter((x) => x !== 1);
    const worst = Math.max(
      ...values.map((x) => {
        const truth = trueLog(x);
        return distance(exactLog(x), truth) / Math.abs(Number(truth) / Number(one));
      }),
    );
    expect(worst).toBeLessThan(4e-16);
  });

  it("is zero at 1 and agrees with Math.log at both ends of the doubles", () => {
    expect(exactLog(1)).toBe(0);
    for (const x of [Number.MAX_VALUE, 2.2250738585072014e-308, 1e-310, 5e-324]) {
      expect(Math.abs(exactLog(x) / Math.log(x) - 1)).toBeLessThan(6e-16); // both may be an ulp off
    }
  });
});

describe("exactCircle", () => {
  it("is within 4e-16 of the true cosine and sine", () => {
    const values = [...samples, 0, 1 / 8, 3 / 8, 5 / 8, 7 / 8, 1 - 2 ** -53, 2 ** -53];
    let worst = 0;
    for (const t of values) {
      const found = exactCircle(t);
      const truth = trueCircle(t);
      worst = Math.max(worst, distance(found[0], truth[0]), distance(found[1], truth[1]));
    }
    expect(worst).toBeLessThan(4e-16);
  });

  it("is exact at the quarter turns", () => {
    expect([0, 0.25, 0.5, 0.75].map((t) => exactCircle(t).map((x) => x + 0))).toEqual([
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ]);
  });
});
