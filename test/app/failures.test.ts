// Items that fail while a study runs in this thread: what is the item's own is put on record, what all would meet ends it.
import { expect, test } from "vitest";
import { failuresIn } from "../../src/app/failures.js";
import { runStudy } from "../../src/app/run-study.js";
import { CrispError } from "../../src/core/errors.js";
import { tensor } from "../../src/core/tensor.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const images = tensor([1, 8, 8, 1], new Float32Array(64));
const own = {
  ...{ ...settings, leftOut: [], replicates: 1, testImages: 10 },
  learning: { ...settings.learning, images: 8, heldOut: 8 },
  sweep: { ...settings.sweep, pilotImages: 8, factor: 2 },
};
const request = {
  ...{ settings: own, out: "study", workers: 1, command: "crisp run", onEvent() {} },
  signal: new AbortController().signal,
};

/** A study in which writing the first dictionary fails so, as often as it is tried; and its files. */
function failing(failure: () => Error) {
  const contents = new Map<string, Uint8Array>();
  const platform = memoryPlatform(contents, barImages(60), images);
  let first = "";
  const { writeFirst } = platform.files;
  platform.files.writeFirst = async (path, content) => {
    if (/\/dictionaries\//.test(path)) first ||= path;
    if (path === first) throw failure();
    return writeFirst(path, content);
  };
  const results = () => [...contents.keys()].filter((name) => /^study\/results\/.*\.json$/.test(name)).sort();
  return { platform, results, idOfFirst: () => first.slice(-76, -12) };
}

test("an item's own failure is on record, the others of its round are made, and the study ends with its name", async () => {
  const { platform, results, idOfFirst } = failing(() => new RangeError("too many atoms"));
  await expect(runStudy(request, platform)).rejects.toMatchObject({
    code: "incomplete",
    message: expect.stringMatching(/^1 item of study failed.* training .*too many atoms.* run the same command again/),
  });
  expect(await failuresIn("study", platform)).toMatchObject([{ id: idOfFirst(), message: "too many atoms", log: "" }]);
  // The dictionary of the other size, and its pilot.
  expect(results().length).toBeGreaterThan(1);
});

test.each([
  ["a full disk", () => Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" })],
  ["a read-only disk", () => Object.assign(new Error("EROFS"), { code: "EROFS", syscall: "open" })],
  ["input that cannot be read", () => new CrispError("data", "image 3 cannot be read")],
])("%s ends the study at once, in its own words, and nothing is on record", async (_, failure) => {
  const { platform, results } = failing(failure);
  await expect(runStudy(request, platform)).rejects.toThrow(failure().message);
  expect(results()).toEqual([]);
  expect(await failuresIn("study", platform)).toEqual([]);
});
