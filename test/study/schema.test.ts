// Settings and their bounds: presets hold them, every field is described, faults are named one a line.
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
    expect([...settingPaths].sort()).toEqual([...Object.keys(rest), ...groups].sort());
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

  it("a stride that does not divide the image is refused for circular maps only", () => {
    expect(refusal({ stride: [3, 3], boundary: "circular" })).toContain("must divide");
    expect(checkSettings({ ...presets.tiny, stride: [3, 3] }, nowhere).stride).toEqual([3, 3]);
  });
});
