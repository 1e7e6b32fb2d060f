import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, contentKey, sha256Hex } from "../../src/core/key.js";

/** The same value with the keys of every object in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, entry]) => [name, reversed(entry)]),
  );
}

describe("canonicalJson", () => {
  it("is JSON of the same value, whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
        expect(canonicalJson(reversed(plain))).toBe(canonicalJson(plain));
      }),
    );
  });

  it("sorts keys, drops undefined, writes numbers in their shortest form", () => {
    expect(canonicalJson({ b: [1e21, 0.1, -0], a: { d: null, c: "é" }, e: undefined })).toBe(
      '{"a":{"c":"é","d":null},"b":[1e+21,0.1,0]}',
    );
  });

  it("tells different values apart", () => {
    const values = [{ a: 1 }, { a: "1" }, { a: [1] }, { a: { b: 1 } }, { a: true }, { a: null }, {}, [], "", 0];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });

  it("refuses what JSON would lose", () => {
    const lost = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      undefined,
      1n,
      () => 1,
      new Date(0),
      new Map(),
      Float32Array.of(1),
    ];
    for (const value of lost) {
      expect(() => canonicalJson({ a: [value] })).toThrow("canonical JSON cannot carry");
    }
  });
});

describe("contentKey", () => {
  it("is the sha256 of the canonical JSON", () => {
    const expected = createHash("sha256").update('{"a":"é","b":1}', "utf8").digest("hex");
    expect(contentKey({ b: 1, a: "é" })).toBe(expected);
  });
});

describe("sha256Hex", () => {
  it("gives the known answers of the standard", () => {
    expect(sha256Hex(new Uint8Array(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256Hex(Uint8Array.of(97, 98, 99))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
