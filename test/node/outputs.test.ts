// Outputs against inputs and each other: by where they lead, not by how they are written.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkOutputs, imagesName } from "../../src/app/outputs.js";
import { nodePlatform } from "../../src/node/platform.js";
import { emptyFolder } from "../cli/process.js";

const { files } = nodePlatform;
const folder = emptyFolder();
const at = (...names: string[]) => join(folder, ...names);
mkdirSync(at("sub"));
writeFileSync(at("images.npy"), "");
symlinkSync(at("images.npy"), at("link.npy"));
symlinkSync(folder, at("sub", "back"));

test.each([
  ["the input itself", at("images.npy")],
  ["the input by another way", at("sub", "..", "images.npy")],
  ["a link to the input", at("link.npy")],
  ["the input through a linked folder", at("sub", "back", "images.npy")],
])("%s is refused", async (_, out) => {
  await expect(checkOutputs([["--out", out]], [["<images>", at("images.npy")]], files)).rejects.toThrow(
    /--out .* is also read as <images>; .* Name another/,
  );
});

test("two outputs of one name are refused, also where the file is not there yet", async () => {
  const outputs = [
    ["--out", at("new.npz")],
    ["--stats", at("sub", "back", "new.npz")],
  ] as const;
  await expect(checkOutputs(outputs, [], files)).rejects.toThrow(/--stats .* is also written as --out/);
});

test("other files, and options that were not given, pass", async () => {
  await checkOutputs(
    [
      ["--out", at("codes.npz")],
      ["--stats", undefined],
    ],
    [
      ["<images>", at("images.npy")],
      ["--dictionary", undefined],
    ],
    files,
  );
});

test.each([
  ["leaves", undefined, "leaves"],
  ["cifar10", "/data/cifar-10-batches-bin", "cifar10"],
  ["folder", "/data/my scans/", "my-scans"],
  ["arrays", "C:\\data\\cells.v2.npy", "cells.v2"],
  ["folder", "/", "folder"],
  ["folder", "..", "folder"],
])("images %s of %s give a folder the name %s", (data, from, name) => {
  expect(imagesName(data, from)).toBe(name);
});
