import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draws, permutation, philox, purpose, type Stream } from "../../src/core/random.js";

const words = (counter: number[], key: number[]) => {
  const out = new Uint32Array(4);
  philox(counter, key, out);
  return [...out].map((word) => word.toString(16).padStart(8, "0")).join(" ");
};

/** Philox4x32-10 written down from the paper in whole numbers of any size. */
function philoxByTheBook(counter: number[], key: number[]): string {
  const word = 1n << 32n;
  let [a, b, c, d] = counter.map(BigInt);
  let [k, l] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const p = 0xd2511f53n * a;
    const q = 0xcd9e8d57n * c;
    [a, b, c, d] = [(q / word) ^ b ^ k, q % word, (p / word) ^ d ^ l, p % word];
    k = (k + 0x9e3779b9n) % word;
    l = (l + 0xbb67ae85n) % word;
  }
  return [a, b, c, d].map((value) => value.toString(16).padStart(8, "0")).join(" ");
}

const stream: Stream = { seed: 7, purpose: purpose.test };
const uniforms = (n: number, index = 0, of = stream) => {
  const draw = draws(of, index);
  return Array.from({ length: n }, () => draw.uniform());
};

describe("philox", () => {
  it("gives the known answers of Random123", () => {
    const ones = 0xffffffff;
    expect(words([0, 0, 0, 0], [0, 0])).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
    expect(words([ones, ones, ones, ones], [ones, ones])).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    expect(words(pi, [0xa4093822, 0x299f31d0])).toBe("d16cfe09 94fdcceb 5001e420 24126ea1");
  });

  it("agrees with whole-number arithmetic for any counter and key", () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(words(counter, key)).toBe(philoxByTheBook(counter, key));
      }),
    );
  });
});

describe("draws", () => {
  it("belong to their seed, stream, purpose, epoch and index alone", () => {
    const base = uniforms(8).join();
    expect(uniforms(8).join()).toBe(base);
    const others = [
      uniforms(8, 1),
      uniforms(8, 0, { ...stream, seed: 8 }),
      uniforms(8, 0, { ...stream, purpose: purpose.noise }),
      uniforms(8, 0, { ...stream, stream: 1 }),
      uniforms(8, 0, { ...stream, epoch: 1 }),
    ];
    expect(new Set([base, ...others.map(String)]).size).toBe(6);
  });

  it("purposes never share bits: all their numbers differ", () => {
    const numbers = Object.values(purpose);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("uniform numbers lie inside (0, 1), flat by a χ² test over 100 bins", () => {
    const values = uniforms(100_000);
    const bins = new Float64Array(100);
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
    for (const value of values) bins[Math.floor(100 * value)]++;
    const chi2 = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: mean 99, standard deviation √198; five of them.
    expect(Math.abs(chi2 - 99)).toBeLessThan(5 * Math.sqrt(198));
  });

  it("neighbouring draws and neighbouring indices are uncorrelated", () => {
    const a = uniforms(50_000);
    const b = uniforms(50_000, 1);
    const limit = 4 / 12 / Math.sqrt(49_999); // four standard errors; the variance is 1/12
    const covariance = (x: number[], y: number[]) =>
      x.reduce((sum, value, i) => sum + (value - 0.5) * (y[i] - 0.5), 0) / x.length;
    expect(Math.abs(covariance(a, b))).toBeLessThan(limit);
    expect(Math.abs(covariance(a.slice(0, -1), a.slice(1)))).toBeLessThan(limit);
  });

  it("Gaussian numbers follow the normal law: Kolmogorov–Smirnov below its 99.9 % point", () => {
    const draw = draws(stream, 3);
    const values = Array.from({ length: 20_000 }, () => draw.gaussian()).sort((x, y) => x - y);
    let largest = 0;
    values.forEach((value, i) => {
      const expected = normalProbability(value);
      largest = Math.max(largest, Math.abs(expected - i / 20_000), Math.abs((i + 1) / 20_000 - expected));
    });
    expect(largest).toBeLessThan(1.95 / Math.sqrt(20_000));
  });

  it("the two Gaussian numbers of one pair are independent: they and their squares are uncorrelated", () => {
    const draw = draws(stream, 5);
    let product = 0;
    let squares = 0;
    for (let i = 0; i < 20_000; i++) {
      const [x, y] = [draw.gaussian(), draw.gaussian()];
      product += x * y;
      squares += (x * x - 1) * (y * y - 1);
    }
    // Variances of xy and (x² − 1)(y² − 1) are 1 and 4; four standard errors.
    expect(Math.abs(product / 20_000)).toBeLessThan(4 / Math.sqrt(20_000));
    expect(Math.abs(squares / 20_000)).toBeLessThan(8 / Math.sqrt(20_000));
  });

  it("whole numbers stay below their bound and reach every value", () => {
    const draw = draws(stream, 4);
    const counts = new Float64Array(7);
    for (let i = 0; i < 7000; i++) counts[draw.whole(7)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt((7000 * 6) / 49));
    expect(draw.whole(1)).toBe(0);
  });
});

describe("permutation", () => {
  it("holds each number once, the same one for the same stream and index", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(), (count, index) => {
        const order = permutation(count, stream, index);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(permutation(count, stream, index)).toEqual(order);
      }),
    );
  });

  it("gives the six orders of three numbers equally often", () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 6000; index++) {
      const order = permutation(3, stream, index).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt((6000 * 5) / 36));
  });
});

/** Φ(x) by Simpson's rule on the density from 0, to 1e-8. */
function normalProbability(x: number): number {
  const steps = 200;
  const h = x / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((i * h) ** 2) / 2);
  }
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}
