// Sizes that train at λ's of their own: which λ, and that a dictionary is the same item however its λ was named.
import { expect, test } from "vitest";
import { learningAt, ownLambdas } from "../../src/study/own-lambda.js";
import { trainItem } from "../../src/study/plan.js";
import { layerOfTree, resolveSettings, valueOfText } from "../../src/study/precedence.js";
import { presets } from "../../src/study/presets.js";
import { study } from "../report/sample.js";
import { plan, settings } from "./fixtures.js";

const { learning } = settings;
const at = (pairs: [number, number][], features: number) =>
  learningAt({ ...learning, lambdaBySize: pairs }, features).lambda;

test("a size named trains at its λ, any other on the line of logarithms through the nearest two", () => {
  const law = (features: number) => 0.1 * features ** 0.5;
  const pairs: [number, number][] = [16, 64, 256].map((features) => [features, law(features)]);
  expect(at(pairs, 64)).toBe(law(64));
  for (const features of [4, 32, 1024]) expect(at(pairs, features)).toBe(Number(law(features).toPrecision(3)));
  expect(at([[32, 0.4]], 512)).toBe(0.4);
});

test("the item of a training is that of a study with this λ for all sizes; without pairs nothing changes", () => {
  const own = { ...plan, settings: { ...settings, learning: { ...learning, lambdaBySize: [[4, 0.2]] as const } } };
  const common = { ...plan, settings: { ...settings, learning: { ...learning, lambda: 0.2 } } };
  expect(trainItem(own, 4, 0)).toEqual(trainItem(common, 4, 0));
  expect(trainItem(own, 4, 0).id).not.toBe(trainItem(plan, 4, 0).id);
});

test("the λ's of a study: measured where fitted, predicted where left out, none without a minimum", () => {
  const found = new Map(ownLambdas(study, "a"));
  for (const { features, leftOut, lambda } of study.minima) {
    const value = leftOut ? study.prediction!.lambda.predicted!.value : lambda!.value;
    expect(found.get(features)).toBe(Number(value.toPrecision(3)));
  }
  const [first, ...others] = study.minima;
  const edge = { ...study, minima: [{ ...first, lambda: null }, ...others] };
  expect(new Map(ownLambdas(edge, "a")).has(first.features)).toBe(false);
  const none = { ...study, minima: study.minima.map((m) => ({ ...m, lambda: null })), prediction: null };
  expect(() => ownLambdas(none, "a")).toThrow(/none of its \d+ sizes has a best λ/);
});

test("pairs are read from text, kept as they are, and refused by name where they are none or name a size twice", () => {
  const resolved = (text: string) =>
    resolveSettings([
      layerOfTree(presets.tiny, "preset tiny"),
      {
        values: new Map([["learning.lambdaBySize", valueOfText("learning.lambdaBySize", text)]]),
        origin: () => "--set",
      },
    ]).learning.lambdaBySize;
  expect(resolved("16:0.3,64:0.5")).toEqual([
    [16, 0.3],
    [64, 0.5],
  ]);
  expect(() => resolved("16:0.3,64:x")).toThrow(/--set: learning\.lambdaBySize is .*pairs of features and λ above 0/);
  expect(() => resolved("16:0.3,16:0.5")).toThrow(/names 16 features twice/);
});
