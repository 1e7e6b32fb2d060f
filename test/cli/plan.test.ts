// A preset beside the user's own images: it makes do with what is there, says so, and leaves alone what the user named.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { studyPlan } from "../../src/cli/plan.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodePng } from "../../src/formats/png.js";
import { presets } from "../../src/study/presets.js";
import { emptyFolder } from "./process.js";

const folder = emptyFolder();
const named = (name: string) => join(folder, name);
const array = (shape: number[]) => {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  return encodeNpy({ shape, data });
};
const plan = (options: Record<string, unknown>) => studyPlan({ file: undefined, options, environment: {} });

beforeAll(() => {
  mkdirSync(named("photos"));
  const bytes = Uint8Array.from({ length: 64 * 64 }, (_, i) => i % 251);
  // Ten pictures of four crops: two of the ten are for test.
  for (let i = 0; i < 10; i++)
    writeFileSync(named(`photos/${i}.png`), encodePng({ height: 64, width: 64, channels: 1, bytes }));
  writeFileSync(named("last.npy"), array([60, 12, 10, 3]));
  writeFileSync(named("first.npy"), array([60, 3, 12, 10]));
  writeFileSync(named("picture.npy"), array([20, 16, 3]));
  for (const [name, features] of Object.entries({ a: 4, b: 5, c: 6 }))
    writeFileSync(named(`${name}.npy`), array([features, 3, 4, 4]));
});

describe("a preset and the images there are", () => {
  it("it takes the images there are, and says which counts it changed", async () => {
    const { settings, notes } = await plan({ preset: "quick", data: named("photos") });
    const { trainingImages, testImages, learning, sweep } = settings;
    expect([trainingImages, testImages, learning.heldOut, learning.minibatch, sweep.pilotImages]).toEqual([
      32, 8, 16, 16, 16,
    ]);
    expect(notes.join()).toContain("holds 32 training and 8 test images of 32×32; preset quick is fitted to them");
    expect(notes.join()).toContain("learning.heldOut 16 (not 128)");
  });

  it("what the user named stays, also where it asks too much", async () => {
    const { settings } = await plan({ preset: "quick", data: named("photos"), trainingImages: "4000" });
    expect([settings.trainingImages, settings.testImages]).toEqual([4000, 8]);
    const kept = { preset: "quick", data: named("photos"), set: ["learning.heldOut=20", "learning.minibatch=12"] };
    expect((await plan(kept)).settings.learning).toMatchObject({ heldOut: 20, minibatch: 12 });
  });

  it("enough images change nothing and need no word", async () => {
    const { settings, notes } = await plan({ preset: "tiny" });
    expect([settings, notes]).toEqual([presets.tiny, []]);
  });
});

describe("axes of arrays", () => {
  const small = { preset: "tiny", patch: "4" };

  it("channels first are recognised where only so a patch fits, and a named layout is kept", async () => {
    expect((await plan({ preset: "tiny", data: named("last.npy") })).settings.layout).toBe("nhwc");
    const { settings, notes } = await plan({ preset: "tiny", data: named("first.npy") });
    expect([settings.layout, notes.join()]).toEqual(["nchw", expect.stringContaining("first.npy is read as nchw")]);
    expect((await plan({ preset: "tiny", data: named("first.npy"), layout: "nhwc" })).settings.layout).toBe("nhwc");
  });

  it("dictionaries with channels first go with images with channels last", async () => {
    const dictionaries = ["a", "b", "c"].map((name) => named(`${name}.npy`)).join(",");
    const { settings, notes } = await plan({ preset: "tiny", data: named("last.npy"), dictionaries });
    expect([settings.patch, settings.layout]).toEqual([[4, 4], "nhwc"]);
    expect(notes.join()).toContain("a.npy is read as nchw");
  });

  it("one picture as an array is no study, and is called a picture", async () => {
    await expect(plan({ ...small, data: named("picture.npy") })).rejects.toThrow(
      /picture\.npy holds one image, 20×16 of 3 channels/,
    );
  });
});
