import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackCifar } from "../../src/node/cifar-archive.js";
import { openImages } from "../../src/node/data.js";
import { cifarFile, cifarFixture, cifarNames, tarOf, temporaryFolder } from "./fixtures.js";

let folder: string;
let cache: string | undefined;
beforeEach(() => {
  folder = temporaryFolder();
  cache = process.env.CRISP_CACHE;
  process.env.CRISP_CACHE = join(folder, "cache");
});
afterEach(() => {
  if (cache === undefined) delete process.env.CRISP_CACHE;
  else process.env.CRISP_CACHE = cache;
  rmSync(folder, { recursive: true });
});

const small = { trainingImages: 12, testImages: 3 };

describe("openImages", () => {
  it("gives leaves without any file", async () => {
    const images = await openImages({ data: "leaves", ...small });
    expect([images.height, images.width, images.channels]).toEqual([32, 32, 3]);
    expect([images.training.count, images.test.count]).toEqual([12, 3]);
    expect(images.training.values(11)).toHaveLength(3072);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reads the same pictures from an archive as from the folder it was made of", async () => {
    mkdirSync(join(folder, "batches"));
    cifarFixture(join(folder, "batches"), 3);
    // The system's tar is the independent writer.
    execFileSync("tar", ["-czf", join(folder, "a.tar.gz"), "-C", folder, "batches"]);
    const open = (from: string) => openImages({ data: "cifar10", from, unverified: true, ...small });
    const [packed, plain] = [await open(join(folder, "a.tar.gz")), await open(join(folder, "batches"))];
    expect(packed.hash).toBe(plain.hash);
    for (let i = 0; i < 12; i++) expect(packed.training.values(i)).toEqual(plain.training.values(i));
    for (let i = 0; i < 3; i++) expect(packed.test.values(i)).toEqual(plain.test.values(i));
  });

  it("says what to do when CIFAR-10 is nowhere and must not be fetched", async () => {
    await expect(openImages({ data: "cifar10", ...small }, { download: false })).rejects.toMatchObject({
      code: "data",
      message: expect.stringMatching(/not in the cache.*--from/),
    });
    await expect(openImages({ data: "cifar10", from: join(folder, "none"), ...small })).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining("none cannot be read"),
    });
  });

  it("refuses counts and sizes that cannot be", async () => {
    await expect(openImages({ data: "leaves", trainingImages: -1, testImages: 1 })).rejects.toThrow(
      "trainingImages is -1",
    );
    await expect(openImages({ data: "leaves", size: 0, ...small })).rejects.toThrow("height is 0");
    await expect(openImages({ data: "folder", ...small })).rejects.toThrow("--from");
    await expect(openImages({ data: "tulips" as "leaves", ...small })).rejects.toThrow("data is tulips");
  });
});

describe("unpackCifar", () => {
  const files = cifarNames.map((name, file) => ({ name, bytes: cifarFile(2, 1, file) }));
  const pack = (bytes: Uint8Array) => {
    writeFileSync(join(folder, "a.tar.gz"), bytes);
    return join(folder, "a.tar.gz");
  };

  it("names the files an archive lacks", async () => {
    const archive = pack(gzipSync(tarOf(files.slice(0, 4))));
    await expect(unpackCifar(archive, folder, true)).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining("lacks data_batch_5.bin, test_batch.bin"),
    });
  });

  it("refuses an archive cut anywhere, zipped or inside", async () => {
    const whole = tarOf(files);
    const zipped = pack(gzipSync(whole));
    truncateSync(zipped, 3000);
    await expect(unpackCifar(zipped, folder, true)).rejects.toMatchObject({ code: "data" });
    for (const length of [0, 100, 512, 5000, 6 * 6656]) {
      await expect(unpackCifar(pack(gzipSync(whole.subarray(0, length))), folder, true)).rejects.toMatchObject({
        code: "data",
        message: expect.stringContaining("a.tar.gz"),
      });
    }
  });

  it("refuses a damaged header and a file that is too large", async () => {
    const damaged = tarOf(files);
    damaged[512 + 124] ^= 1;
    await expect(unpackCifar(pack(gzipSync(damaged)), folder, true)).rejects.toThrow("checksum");
    const large = tarOf([{ name: "test_batch.bin", bytes: new Uint8Array(30_730_001) }]);
    await expect(unpackCifar(pack(gzipSync(large)), folder, true)).rejects.toThrow("at most 30730000");
  });

  it("takes an archive that is not zipped", async () => {
    await unpackCifar(pack(tarOf(files)), join(folder, "out"), true);
    expect(readFileSync(join(folder, "out", "test_batch.bin")).equals(files[5].bytes)).toBe(true);
  });

  it("passes over files it does not need", async () => {
    const more = [{ name: "batches.meta.txt", bytes: new Uint8Array(61) }, ...files];
    await unpackCifar(pack(gzipSync(tarOf(more))), join(folder, "out"), true);
    expect(readdirSync(join(folder, "out")).sort()).toEqual([...cifarNames].sort());
  });
});
