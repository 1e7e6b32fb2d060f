// The one walk through a folder of pictures, and the one way images come from it, an array or a frame.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { denoiseFiles } from "../../src/app/denoise-files.js";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpDense } from "../../src/formats/pvp.js";
import { normalise } from "../../src/images/normalise.js";
import { openImageSource } from "../../src/node/image-source.js";
import { pictureNames } from "../../src/node/picture-files.js";
import { nodePlatform } from "../../src/node/platform.js";
import { temporaryFolder } from "./fixtures.js";

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
const bytes = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 251);
const png = encodePng({ height: 4, width: 5, channels: 3, bytes });
for (const name of ["b.png", "A.png", "in/deep/c.PNG", "in/.hidden.png", ".git/d.png", "notes.txt", "in.jpg.txt"]) {
  mkdirSync(join(root, "pictures", name, ".."), { recursive: true });
  writeFileSync(join(root, "pictures", name), png);
}
const names = ["A.png", "b.png", join("in", "deep", "c.PNG")];

test("coding and denoising walk a folder alike: in order, folders in it too, hidden ones passed over", async () => {
  const folder = join(root, "pictures");
  expect(await pictureNames(folder)).toEqual(names);
  const request = { images: folder, layout: "nhwc", normalize: false, channels: 3 } as const;
  expect((await openImageSource(request)).names).toEqual(names);
  expect((await openImageSource({ ...request, count: 2 })).names).toEqual(names.slice(0, 2));
  const files = await denoiseFiles(folder, { out: join(root, "out"), reference: null }, nodePlatform);
  expect(files.map(({ input }) => input)).toEqual(names.map((name) => join(folder, name)));
  mkdirSync(join(root, "empty"));
  const none = /holds no picture; \.png/;
  await expect(openImageSource({ ...request, images: join(root, "empty") })).rejects.toThrow(none);
  await expect(denoiseFiles(join(root, "empty"), { out: null, reference: null }, nodePlatform)).rejects.toThrow(none);
});

test("the same numbers come out the same from every kind of file, as they are or normalised", async () => {
  const values = Float32Array.from(bytes);
  const images = tensor([1, 4, 5, 3], values);
  writeFileSync(join(root, "a.npy"), encodeNpy(images));
  writeFileSync(join(root, "a.pvp"), encodePvpDense(images));
  writeFileSync(join(root, "a.png"), png);
  for (const name of ["a.npy", "a.pvp", "a.png"]) {
    for (const normalize of [false, true]) {
      const source = await openImageSource({ images: join(root, name), layout: "nhwc", normalize, channels: 3 });
      expect(source.sizes).toEqual([{ height: 4, width: 5, channels: 3 }]);
      const asIs = !normalize && name !== "a.png"; // pictures are always normalised
      expect(await source.image(0)).toEqual(asIs ? values : normalise(values));
      source.close?.();
    }
  }
});
