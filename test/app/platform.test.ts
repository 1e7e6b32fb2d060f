// The use cases with no machine behind them: what a page needs beside them is a Platform of its own.
import { expect, test } from "vitest";
import { compareFolders } from "../../src/app/compare.js";
import { decodeImages } from "../../src/app/decode.js";
import { encodeImages } from "../../src/app/encode.js";
import { estimateStudy } from "../../src/app/estimate-study.js";
import { predictSize } from "../../src/app/predict-sizes.js";
import { estimateProtocol, measureProtocol, readProtocol } from "../../src/app/protocol.js";
import { readStudy, refitStudy } from "../../src/app/read-study.js";
import { runStudy } from "../../src/app/run-study.js";
import type { StudyEvent } from "../../src/app/session.js";
import { studyStatus } from "../../src/app/study-files.js";
import { randomAtoms } from "../../src/coding/atoms.js";
import { percentError } from "../../src/coding/metrics.js";
import { slice, tensor } from "../../src/core/tensor.js";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const geometry = { height: 8, width: 8, channels: 1, patch: [4, 4], stride: [2, 2], boundary: "crop" } as const;
const atoms = randomAtoms({ ...geometry, features: 6 }, 1);
const fixedStep = { kind: "fixed", dt: 1, tau: 20 } as const;
const images = tensor(
  [3, 8, 8, 1],
  Float32Array.from({ length: 192 }, (_, i) => Math.sin(i * i)),
);

test("images are coded to a file of codes and decoded from it, in memory", async () => {
  const contents = new Map([["atoms.npy", encodeNpy(atoms)]]);
  const platform = memoryPlatform(contents, barImages(1), images);
  const rule = { threshold: { kind: "soft", rectified: false }, tolerance: 1e-3 } as const;
  const coded = { images: "images.npy", dictionary: "atoms.npy", lambdas: [0.2], rule, workers: 2, out: "codes.npz" };
  const { images: records, unconverged } = await encodeImages(coded, platform);
  expect(unconverged).toBe(0);
  const request = { codes: "codes.npz", dictionary: "atoms.npy", out: "again.npy" };
  expect(await decodeImages(request, platform)).toEqual({ shape: [3, 8, 8, 1], units: "own" });
  const again = tensor([3, 8, 8, 1], Float32Array.from(decodeNpy(contents.get("again.npy")!, "again.npy").data));
  // Codes are kept in float32, so their image differs from the one the record is of by some 1e-7 of each value.
  for (const { index, lambdas } of records)
    expect(percentError(slice(images, index), slice(again, index))).toBeCloseTo(lambdas[0].percentError!, 3);
});

test("a study runs, reports, is read, fitted, asked for another size and coded by steps, in memory; again, nothing is computed", async () => {
  const contents = new Map<string, Uint8Array>();
  const platform = memoryPlatform(contents, barImages(60), images);
  const learning = { ...settings.learning, images: 16 };
  const own = { ...settings, features: [4, 6, 8], leftOut: [], replicates: 1, learning };
  const base = { settings: own, out: "study", workers: 1, signal: new AbortController().signal, command: "crisp run" };
  const { record, report } = await runStudy({ ...base, onEvent() {} }, platform);
  expect(report).toBe("study/report.html");
  // The laws that compete are of the analysis alone: they stay with the record until others are named, and touch no result.
  const before = new Map(contents);
  const laws = { exclude: ["log-power-law", "inverse-log-square"] };
  const chosen = await refitStudy("study", platform, laws);
  expect(chosen.laws).toEqual(laws);
  const named = [...chosen.location.models, ...chosen.value.models, ...chosen.activeUnits.models];
  expect(named.filter(({ name }) => laws.exclude.includes(name))).toEqual([]);
  expect((await readStudy("study", platform)).plan.laws).toEqual(laws);
  const [predicted] = await predictSize("study", [16], platform);
  // With every law it is the record that the run made.
  expect(await refitStudy("study", platform, {})).toEqual(record);
  expect(contents).toEqual(before);
  expect(await studyStatus("study", platform)).toMatchObject({ stage: "finished", rows: record.minima });
  expect(await studyStatus("study", platform)).not.toHaveProperty("expected");
  const sealed = contents.get("study/scaling.json")!;
  contents.delete("study/scaling.json");
  const unfinished = await studyStatus("study", platform);
  expect(unfinished.expected).toBeGreaterThanOrEqual(unfinished.items);
  contents.set("study/scaling.json", sealed);
  // Of a finished study as many items are counted as are done, whatever was expected.
  const estimate = await estimateStudy(own, { workers: 1, out: "study" }, platform);
  expect(estimate.items).toBe(estimate.cached);
  // Three sizes, one seed, dictionaries of 16 images: laws as open as that say little of another size, and nothing impossible.
  const percentActive = predicted.percentActive!;
  expect(percentActive.high).toBeLessThanOrEqual(100);
  expect(percentActive.low).toBeLessThan(percentActive.value);
  const steps = { images: 8, largest: 8, reach: 2, steps: [25, 200], timeStep: fixedStep };
  const asked = { ...base, ...steps, study: "study", onEvent() {} };
  const unmeasured = new Map(contents);
  expect(await estimateProtocol(asked, platform)).toMatchObject({ items: 6, done: 0 });
  expect(contents).toEqual(unmeasured);
  const found = await measureProtocol(asked, platform);
  expect(await readProtocol("study", platform)).toEqual(found);
  expect(await estimateProtocol(asked, platform)).toMatchObject({ items: 6, done: 6 });
  expect(found.readings.map((reading) => reading.steps)).toEqual([25, 200, null]);
  for (const reading of found.readings) {
    expect(reading.minima.map(({ features }) => features)).toEqual([4, 6, 8]);
    // No code lies below the certified one but by its gap (2 %).
    for (const { beside } of reading.minima) if (beside) expect(beside.energyAbove).toBeGreaterThan(-2);
  }
  const beside = await compareFolders({ first: "study", second: "study", out: "beside", command: "" }, platform);
  expect(beside).toMatchObject({ paired: true, differing: [] });
  expect(JSON.parse(new TextDecoder().decode(contents.get("beside/compare.json")))).toMatchObject(beside);
  const results = [...contents].filter(([name]) => /\/(results|dictionaries)\//.test(name));
  const progress = new Map<string, number>();
  function onEvent(event: StudyEvent): void {
    if (event.kind === "progress") for (const name of ["done", "cached"] as const) progress.set(name, event[name]);
  }
  await runStudy({ ...base, onEvent }, platform);
  expect(progress.get("cached")).toBeGreaterThan(10);
  expect(progress.get("cached")).toBe(progress.get("done"));
  expect([...contents].filter(([name]) => /\/(results|dictionaries)\//.test(name))).toEqual(results);
}, 120_000);
