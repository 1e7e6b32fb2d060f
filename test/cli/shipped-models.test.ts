// The models that come with the package: how large they are, and that docs/denoise.md has the command that made each.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { trainingOf } from "../../src/cli/train-denoise.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";

const root = new URL("../..", import.meta.url).pathname;

it("all that crisp denoise ships takes less than 1 MB", () => {
  const files = readdirSync(`${root}/assets`).filter((name) => name.startsWith("denoise"));
  expect(files).toContain("denoise-grey.safetensors");
  expect(files.reduce((bytes, name) => bytes + statSync(`${root}/assets/${name}`).size, 0)).toBeLessThan(1e6);
});

it.each(["grey", "colour"])("the %s model was made by the command of docs/denoise.md", (name) => {
  const made = `crisp train --objective denoise --from FOLDER.* --out ${name}$`;
  const [line] = readFileSync(`${root}/docs/denoise.md`, "utf8").match(new RegExp(made, "m"))!;
  const options = Object.fromEntries([...line.matchAll(/--(\w+) (\w+)/g)].map(([, option, value]) => [option, value]));
  const { metadata, tensors } = decodeSafetensors(readFileSync(`${root}/assets/denoise-${name}.safetensors`), name);
  expect(JSON.parse(metadata.training)).toEqual(JSON.parse(JSON.stringify(trainingOf(options))));
  expect(metadata.pictures).toBe("160");
  expect(line.includes("--grey")).toBe(tensors["0.atoms"].shape[3] === 1);
});
