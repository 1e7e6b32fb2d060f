// Where settings come from: each place replaced by the next stronger one, and paths of a file count from its folder.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { draftOf, planOf, type StudyOptions } from "../../src/cli/settings.js";
import { presets } from "../../src/study/presets.js";
import { emptyFolder } from "./process.js";

/** As a command resolves them where no image and no dictionary asks for anything. */
const studyPlan = async (file: string | undefined, options: StudyOptions, environment: NodeJS.ProcessEnv) =>
  planOf(await draftOf(file, options, environment), {});

const folder = emptyFolder();
const file = join(folder, "study.yaml");

beforeAll(() => {
  writeFileSync(
    file,
    "preset: tiny\nseed: 2\nworkers: 3\nout: results\nfrom: pictures\ndata: folder\nlearning:\n  step: 0.2\n",
  );
  mkdirSync(join(folder, "pictures"));
});

describe("where settings come from", () => {
  it("flag before --set before variable before file before preset", async () => {
    const places: [StudyOptions, NodeJS.ProcessEnv, string | undefined][] = [
      [{}, {}, undefined],
      [{}, {}, file],
      [{}, { CRISP_SEED: "3" }, file],
      [{ set: ["seed=4"] }, { CRISP_SEED: "3" }, file],
      [{ set: ["seed=4"], seed: "5" }, { CRISP_SEED: "3" }, file],
    ];
    const plans = places.map(([options, environment, from]) => studyPlan(from, options, environment));
    expect((await Promise.all(plans)).map(({ settings }) => settings.seed)).toEqual([1, 2, 3, 4, 5]);
  });

  it("the preset itself may be named in every place", async () => {
    const named = await Promise.all([
      studyPlan(undefined, {}, {}),
      studyPlan(undefined, {}, { CRISP_PRESET: "standard" }),
      studyPlan(file, {}, {}),
      studyPlan(file, { set: ["preset=paper", "data=leaves"] }, {}),
      studyPlan(file, { preset: "standard" }, { CRISP_PRESET: "quick" }),
    ]);
    expect(named.map(({ preset }) => preset)).toEqual(["quick", "standard", "tiny", "paper", "standard"]);
  });

  it("paths in a file count from its folder, paths in flags from where the command runs", async () => {
    const fromFile = await studyPlan(file, {}, {});
    expect([fromFile.out, fromFile.from, fromFile.workers]).toEqual([
      join(folder, "results"),
      join(folder, "pictures"),
      3,
    ]);
    expect((await studyPlan(file, { out: "elsewhere" }, {})).out).toBe("elsewhere");
  });

  it("nothing said: the quick preset on every core", async () => {
    const plan = await studyPlan(undefined, {}, { HOME: "/", PATH: "" });
    expect(plan).toEqual({
      settings: presets.quick,
      preset: "quick",
      from: undefined,
      out: undefined,
      workers: availableParallelism(),
      dictionaries: undefined,
      atomsLayout: undefined,
      given: new Set(),
      notes: [],
    });
  });

  it("a variable names a nested setting, a folder given as data is a folder of pictures", async () => {
    const { settings, from } = await studyPlan(undefined, { data: folder }, { CRISP_LEARNING_HELD_OUT: "64" });
    expect([settings.learning.heldOut, settings.data, from]).toEqual([64, "folder", folder]);
  });

  it("other data leave behind the path that came with the file's data", async () => {
    expect((await studyPlan(file, { data: "leaves" }, {})).from).toBeUndefined();
    expect((await studyPlan(file, { data: folder }, {})).from).toBe(folder);
    expect((await studyPlan(file, { data: "cifar10", from: "b" }, {})).from).toBe("b");
    expect((await studyPlan(undefined, { data: "cifar10" }, { CRISP_FROM: "c" })).from).toBe("c");
  });

  it("a folder named twice is refused", async () => {
    await expect(studyPlan(undefined, { data: folder, from: "b" }, {})).rejects.toThrow(/only one path is allowed/);
  });
});
