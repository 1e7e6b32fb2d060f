// Settings and their bounds: presets hold them, every field is described, faults are named one per line.
import { describe, expect, it } from "vitest";
import { CrispError } from "../../src/core/errors.js";
import { presetNames, presets } from "../../src/study/presets.js";
import { allowedText, checkSettings, settingPaths } from "../../src/study/schema.js";

const nowhere = () => "test";

function refusal(change: object): string {
  try {
    checkSettings({ ...presets.tiny, ...change }, (path) => `<${path}>`);
  } catch (error) {
    expect(error).toBeInstanceOf(CrispError);
    expect((error as CrispError).code).toBe("usage");
    return (error as CrispError).message;
  }
  throw new Error(`accepted ${JSON.stringify(change)}`);
}

describe("settings", () => {
  it.each(presetNames)("preset %s passes its own checks unchanged", (name) => {
    expect(checkSettings(presets[name], nowhere)).toEqual(presets[name]);
  });

  it("every setting says in words what it may be", () => {
    const { learning, sweep, ...rest } = presets.tiny;
    const groups = Object.entries({ learning, sweep }).flatMap(([name, group]) =>
      Object.keys(group).map((key) => `${name}.${key}`),
    );
    // A preset names no task, since denoising is what a study does unless asked for something else, and one λ to train at.
    const named = settingPaths.filter((path) => !path.startsWith("task.") && path !== "learning.lambdaBySize");
    expect([...named].sort()).toEqual([...Object.keys(rest), ...groups].sort());
    for (const path of settingPaths) expect([path, allowedText(path)]).not.toEqual([path, "a group of settings"]);
  });

  it("sizes come out ascending, whatever order they came in", () => {
    const settings = checkSettings({ ...presets.tiny, features: [64, 16, 32], leftOut: [256, 128] }, nowhere);
    expect([settings.features, settings.leftOut]).toEqual([
      [16, 32, 64],
      [128, 256],
    ]);
  });

  it("each fault stands on its own line with its own origin", () => {
    const lines = refusal({ noise: Number.NaN, seed: -1 }).split("\n");
    expect(lines.length).toBe(2);
    expect(lines[0]).toMatch(/^<seed>: seed is -1;/);
    expect(lines[1]).toMatch(/^<noise>: noise is NaN;/);
  });

  it("keys that are no settings are refused, nested ones too", () => {
    expect(() => checkSettings({ ...presets.tiny, colour: 1 }, nowhere)).toThrow(CrispError);
    expect(() => checkSettings({ ...presets.tiny, sweep: { ...presets.tiny.sweep, more: 1 } }, nowhere)).toThrow(
      CrispError,
    );
  });

  it.each([
    [
      { rule: "petavison" },
      /learning.rule is petavison; it must be newton, tangent-newton, sgd, petavision-2017 or petavision\./,
    ],
    [{ step: 5 }, /learning.step is 5; with learning.rule newton it must be at most 1/],
    [{ rule: "tangent-newton", step: 5 }, /learning.step is 5; with learning.rule tangent-newton it must be at most 1/],
    [
      { rule: "tangent-newton", constraint: "at-most-one" },
      /<learning.constraint>: .* is at-most-one; learning.rule tangent-newton .* Set it to unit/,
    ],
    [{ zeroMean: true, nonnegative: true }, /<learning.nonnegative>: .* both true/],
    [{ start: "given:abc" }, /learning.start is given:abc; it must be patches, petavision or random\./],
    [{ momentumTau: -1 }, /learning.momentumTau is -1; it must be a number from 0/],
    [{ redraw: true }, /learning.redraw is true; it must be a whole number from 0/],
  ])("learning with %j is refused", (change, message) => {
    expect(refusal({ learning: { ...presets.tiny.learning, ...change } })).toMatch(message);
  });

  it("PetaVision's own step and memory are settings", () => {
    const learning = { ...presets.tiny.learning, rule: "petavision-2017", step: 1.5, momentumTau: 500 } as const;
    expect(checkSettings({ ...presets.tiny, learning }, nowhere).learning).toEqual(learning);
  });

  it("a stride larger than the patch is refused: it would leave pixels out", () => {
    expect(refusal({ stride: [9, 9] })).toMatch(/^<stride>: stride is 9×9; it must be at most the patch, 8×8, .* Use/);
    expect(refusal({ patch: [8, 6], stride: [6, 7] })).toContain("stride is 6×7");
    expect(checkSettings({ ...presets.tiny, stride: [8, 8] }, nowhere).stride).toEqual([8, 8]);
  });

  it("a stride that does not divide the image is refused for circular maps only", () => {
    expect(refusal({ stride: [3, 3], boundary: "circular" })).toContain("must divide");
    expect(checkSettings({ ...presets.tiny, stride: [3, 3] }, nowhere).stride).toEqual([3, 3]);
  });
});
