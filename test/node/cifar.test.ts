import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cifarLabels } from "../../src/images/cifar.js";
import { normalised } from "../../src/images/normalise.js";
import { openImages } from "../../src/node/data.js";
import { cifarFixture } from "./fixtures.js";

const real = "../shared/cifar-10-batches-bin";
if (!existsSync(real)) console.warn(`SKIPPED: the tests on real CIFAR-10, as ${real} is not there.`);

describe("a folder of CIFAR-10 files", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "crisp-cifar-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = (trainingImages: number, testImages: number, unverified = true) =>
    openImages({ data: "cifar10", from: folder, trainingImages, testImages, unverified });

  it("interleaves the planes of each record, file after file", async () => {
    cifarFixture(folder, 3);
    const images = await open(4, 1);
    expect([images.training.count, images.test.count]).toEqual([4, 1]);
    const second = readFileSync(join(folder, "data_batch_2.bin")); // picture 3 is its first
    const picture = images.training.values(3);
    for (const pixel of [0, 1, 517, 1023]) {
      const planes = [0, 1024, 2048].map((plane) => second[1 + plane + pixel]);
      expect([...picture.subarray(3 * pixel, 3 * pixel + 3)]).toEqual(planes);
    }
  });

  it("reads only the files that hold the pictures asked for", async () => {
    cifarFixture(folder, 3);
    rmSync(join(folder, "data_batch_3.bin"));
    expect((await open(6, 3)).training.count).toBe(6);
  });

  it("names the file that is missing", async () => {
    cifarFixture(folder, 3);
    rmSync(join(folder, "test_batch.bin"));
    await expect(open(1, 1)).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining("test_batch.bin"),
    });
  });

  it("names the file that was cut, and its size", async () => {
    cifarFixture(folder, 3);
    writeFileSync(join(folder, "data_batch_1.bin"), new Uint8Array(3 * 3073 - 1));
    await expect(open(1, 1)).rejects.toMatchObject({
      code: "data",
      message: expect.stringMatching(/_1\.bin has 9218/),
    });
    writeFileSync(join(folder, "data_batch_1.bin"), "");
    await expect(open(1, 1)).rejects.toMatchObject({ code: "data", message: expect.stringMatching(/_1\.bin has 0/) });
  });

  it("refuses a label above 9 and says where it is", async () => {
    cifarFixture(folder, 3);
    const bytes = readFileSync(join(folder, "data_batch_1.bin"));
    bytes[2 * 3073] = 10;
    writeFileSync(join(folder, "data_batch_1.bin"), bytes);
    await expect(open(1, 1)).rejects.toMatchObject({ code: "data", message: expect.stringMatching(/record 2 is 10/) });
  });

  it("refuses files that are not CIFAR-10's own, with both checksums, unless told to take them", async () => {
    cifarFixture(folder, 3);
    await expect(open(1, 1, false)).rejects.toMatchObject({
      code: "checksum",
      message: expect.stringMatching(/data_batch_1\.bin: the sha256 is [0-9a-f]{64}.*cee916563c/),
    });
    const images = await open(1, 1);
    expect(images.warnings).toHaveLength(1);
  });

  it("gives other files another identity", async () => {
    cifarFixture(folder, 3, 1);
    const first = (await open(1, 1)).hash;
    cifarFixture(folder, 3, 2);
    expect((await open(1, 1)).hash).not.toBe(first);
  });

  it("says how many pictures there are when more are asked for", async () => {
    cifarFixture(folder, 3);
    await expect(open(16, 1)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("there are 15"),
    });
    await expect(open(1, 10_001)).rejects.toMatchObject({ message: expect.stringContaining("there are 10000") });
    await expect(open(1.5, 1)).rejects.toMatchObject({ message: expect.stringContaining("trainingImages is 1.5") });
  });
});

describe.skipIf(!existsSync(real))("CIFAR-10 itself", () => {
  it("starts with a frog", () => {
    expect(cifarLabels(readFileSync(join(real, "data_batch_1.bin")))[0]).toBe(6);
  });

  it("has pictures of the norm √3072 and the mean of its bytes", async () => {
    const images = await openImages({ data: "cifar10", from: real, trainingImages: 20, testImages: 10 });
    const image = normalised(images.training, 0);
    expect(Math.sqrt(image.reduce((sum, value) => sum + value * value, 0))).toBeCloseTo(55.4256, 4);
    const file = readFileSync(join(real, "test_batch.bin"));
    let planar = 0;
    let interleaved = 0;
    for (let record = 0; record < 10; record++) {
      for (const value of file.subarray(record * 3073 + 1, (record + 1) * 3073)) planar += value;
      for (const value of images.test.values(record)) interleaved += value;
    }
    expect(interleaved).toBe(planar);
  });

  it("has one identity, checked or not, however many pictures are taken", async () => {
    const counts = { data: "cifar10", from: real, trainingImages: 20, testImages: 0 } as const;
    const [checked, unchecked] = [
      await openImages(counts),
      await openImages({ ...counts, testImages: 10, unverified: true }),
    ];
    expect(unchecked.hash).toBe(checked.hash);
    expect(checked.warnings).toEqual([]);
    expect(unchecked.warnings).toEqual([]);
  });
});
