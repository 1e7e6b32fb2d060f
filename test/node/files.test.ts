import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/core/key.js";
import {
  bytesSha256,
  exists,
  fileSha256,
  growFile,
  makeFolder,
  replaceFile,
  writeFirst,
} from "../../src/node/files.js";
import { temporaryFolder } from "./fixtures.js";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe("writeFirst", () => {
  it("lets the first of many writers win and leaves one whole file", async () => {
    const path = join(folder, "a", "record.json");
    const contents = Array.from({ length: 16 }, (_, i) => `${i}`.repeat(10_000));
    const outcomes = await Promise.all(contents.map((content) => writeFirst(path, content)));
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe(contents[outcomes.indexOf("written")]);
    expect(readdirSync(join(folder, "a"))).toEqual(["record.json"]);
  });
});

describe("makeFolder", () => {
  it("makes every folder on the way, for several at once", async () => {
    const deep = join(folder, "a", "b", "c");
    await Promise.all([1, 2, 3, 4].map(() => makeFolder(deep)));
    expect(await exists(deep)).toBe(true);
    writeFileSync(join(folder, "file"), "");
    await expect(makeFolder(join(folder, "file"))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(folder, "file", "x"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  // mkdir with `recursive` turns for ever here, so the failure of this test would be a timeout.
  it.skipIf(process.platform !== "linux")("is refused at once where the system refuses new folders", async () => {
    await expect(makeFolder("/proc/crisp/study")).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});

describe("replaceFile", () => {
  it("lets the last writer win and leaves no other file", async () => {
    const path = join(folder, "record.json");
    await replaceFile(path, "one");
    await replaceFile(path, Uint8Array.of(116, 119, 111));
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });

  it("keeps the old file and no remains when it cannot write", async () => {
    const target = join(folder, "is-a-folder");
    await replaceFile(join(target, "inside"), "x"); // makes the target a folder, which no rename replaces
    await expect(replaceFile(target, "new")).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(["is-a-folder"]);
    expect(readFileSync(join(target, "inside"), "utf8")).toBe("x");
  });
});

describe("sha256", () => {
  it("agrees by three routes: file, bytes, and the library of the page", async () => {
    const bytes = Uint8Array.from({ length: 3_000_001 }, (_, i) => i % 251);
    const path = join(folder, "bytes");
    writeFileSync(path, bytes);
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect([await fileSha256(path), bytesSha256(bytes), sha256Hex(bytes)]).toEqual([expected, expected, expected]);
  });
});

describe("exists", () => {
  it("tells a file from none, below a file too", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await exists(join(folder, "file"))).toBe(true);
    expect(await exists(join(folder, "none"))).toBe(false);
    expect(await exists(join(folder, "file", "none"))).toBe(false);
  });
});

describe("growFile", () => {
  it("has its name only when it is finished, and leaves nothing when it is not", async () => {
    const path = join(folder, "deep", "steps.ndjson");
    const file = await growFile(path);
    await file.append("one\n");
    expect(existsSync(path)).toBe(false);
    await file.append("two\n");
    await file.finish();
    await file.discard();
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    const other = await growFile(path);
    await other.append("three\n");
    await other.discard();
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    expect(readdirSync(join(folder, "deep"))).toEqual(["steps.ndjson"]);
  });
});
