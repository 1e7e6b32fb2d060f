// Layers of settings: the later wins, value by value, and an error names the layer that gave the value.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layerOfTree, resolveSettings, valueOfText } from "../../src/study/precedence.js";
import { presets } from "../../src/study/presets.js";

const base = layerOfTree(presets.tiny, "preset tiny");

describe("precedence", () => {
  it("of any layers the last that names a value gives it", () => {
    const layer = fc.record({ seed: fc.nat(1000), replicates: fc.integer({ min: 1, max: 9 }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 5 }), (trees) => {
        const { seed, replicates } = resolveSettings([base, ...trees.map((tree) => layerOfTree(tree, "layer"))]);
        const merged = Object.assign({ ...presets.tiny }, ...trees);
        expect([seed, replicates]).toEqual([merged.seed, merged.replicates]);
      }),
    );
  });

  it("one key of a group leaves its neighbours as they were", () => {
    const settings = resolveSettings([base, layerOfTree({ learning: { lambda: 0.7 } }, "file")]);
    expect(settings).toEqual({ ...presets.tiny, learning: { ...presets.tiny.learning, lambda: 0.7 } });
  });

  it("a fault is blamed on the layer whose value it is", () => {
    const bad = layerOfTree({ seed: -1 }, "study.yaml");
    const good = layerOfTree({ noise: 0.4 }, "--noise");
    expect(() => resolveSettings([base, bad, good])).toThrow(/^study\.yaml: seed is -1/);
  });

  it.each(["8x", "x8", "8x×6", ",8"])("the size %s lacks a part and is refused as it was written", (text) => {
    const layer = { values: new Map([["patch", valueOfText("patch", text)]]), origin: () => "--patch" };
    expect(() => resolveSettings([base, layer])).toThrow(`--patch: patch is ${text}; it must be two`);
  });

  it("a misspelt setting, or group of them, is told the nearest", () => {
    expect(() => layerOfTree({ learnig: { lambda: 1 } }, "a.yaml")).toThrow(
      /^a\.yaml: there is no setting learnig\. Did you mean learning\?$/,
    );
    expect(() => layerOfTree({ learning: { lamda: 1 } }, "a.yaml")).toThrow(/Did you mean learning\.lambda\?$/);
    expect(() => layerOfTree({ nois: 1 }, "a.yaml")).toThrow(/Did you mean noise\?$/);
  });

  it("text is read as the setting means it", () => {
    expect(valueOfText("features", "16, 32,64")).toEqual([16, 32, 64]);
    expect(valueOfText("features", " 16 32 , 64 ")).toEqual([16, 32, 64]);
    expect(valueOfText("leftOut", "none")).toEqual([]);
    expect(valueOfText("patch", "8x6")).toEqual([8, 6]);
    expect(valueOfText("stride", "2")).toEqual([2, 2]);
    expect(valueOfText("learning.lambda", "1e-2")).toBe(0.01);
    expect(valueOfText("rectified", "false")).toBe(false);
    expect(valueOfText("seed", "")).toBe("");
  });
});
