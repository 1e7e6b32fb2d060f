import { describe, expect, it } from "vitest";
import { CrispError, exitCode, nearestWord } from "../../src/core/errors.js";

describe("exitCode", () => {
  it("is 2 for usage, 3 for bad data, 4 for incomplete, 5 for a failed check, 1 for all else", () => {
    const statuses = (
      ["usage", "data", "shape", "checksum", "incomplete", "check", "diverged", "internal"] as const
    ).map((code) => exitCode(new CrispError(code, "message")));
    expect(statuses).toEqual([2, 3, 3, 3, 4, 5, 5, 1]);
    expect([exitCode(new Error("x")), exitCode("x"), exitCode(undefined)]).toEqual([1, 1, 1]);
  });

  it("belongs to an error that keeps its cause", () => {
    const cause = new Error("below");
    const error = new CrispError("data", "above", { cause });
    expect([error.name, error.message, error.cause]).toEqual(["CrispError", "above", cause]);
    expect(error).toBeInstanceOf(Error);
  });
});

describe("nearestWord", () => {
  const options = ["lambda", "stride", "features", "seed"];

  it("finds the option meant, through a missing, a wrong, an added letter and capitals", () => {
    expect(["lamda", "stribe", "featuress", "SEED"].map((word) => nearestWord(word, options))).toEqual([
      "lambda",
      "stride",
      "features",
      "seed",
    ]);
  });

  it("suggests nothing when nothing is near", () => {
    expect(nearestWord("temperature", options)).toBeUndefined();
    expect(nearestWord("lambda", [])).toBeUndefined();
  });

  it("takes the nearest of several near ones, edits counted as Levenshtein does", () => {
    // kitten → sitting is his own example: 3 edits.
    expect(nearestWord("kittens", ["sitting", "mitten"])).toBe("mitten");
    expect(nearestWord("kitten", ["sitting"])).toBeUndefined(); // 3 > 6/3
    expect(nearestWord("kittenkit", ["sittingkit"])).toBe("sittingkit"); // 3 = 9/3
  });
});
