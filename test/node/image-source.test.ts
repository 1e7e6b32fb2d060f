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
  expect(await pictureNames(folder)).toEqual({ names, skipped: ["in.jpg.txt", "notes.txt"] });
  const request = { images: folder, layout: "nhwc", normalise: false, channels: 3 } as const;
  const source = await openImageSource(request);
  expect(source.names).toEqual(names);
  expect(source.warnings).toEqual([`${folder}: passed over, being no pictures that are read: 2 .txt.`]);
  expect((await openImageSource({ ...request, count: 2 })).names).toEqual(names.slice(0, 2));
  const files = await denoiseFiles([folder], { out: join(root, "out"), reference: null }, nodePlatform);
  expect(files.map(({ input }) => input)).toEqual(names.map((name) => join(folder, name)));
  mkdirSync(join(root, "empty"));
  const none = /holds no picture; \.png/;
  await expect(openImageSource({ ...request, images: join(root, "empty") })).rejects.toThrow(none);
  await expect(denoiseFiles([join(root, "empty")], { out: null, reference: null }, nodePlatform)).rejects.toThrow(none);
});

test("the same numbers come out the same from every kind of file, as they are or normalised", async () => {
  const values = Float32Array.from(bytes);
  const images = tensor([1, 4, 5, 3], values);
  writeFileSync(join(root, "a.npy"), encodeNpy(images));
  writeFileSync(join(root, "a.pvp"), encodePvpDense(images));
  writeFileSync(join(root, "a.png"), png);
  for (const name of ["a.npy", "a.pvp", "a.png"]) {
    for (const wanted of [false, true]) {
      const source = await openImageSource({
        images: join(root, name),
        layout: "nhwc",
        normalise: wanted,
        channels: 3,
      });
      expect(source.sizes).toEqual([{ height: 4, width: 5, channels: 3 }]);
      const asIs = !wanted && name !== "a.png"; // pictures are always normalised
      expect((await source.image(0)).values).toEqual(asIs ? values : normalise(values));
      source.close?.();
    }
  }
});

test("one image without a first axis is one image; an array in Fortran order is the same images", async () => {
  const one = tensor([4, 5, 3], Float32Array.from(bytes));
  writeFileSync(join(root, "one.npy"), encodeNpy(one));
  writeFileSync(join(root, "grey.npy"), encodeNpy({ shape: [12, 5], data: one.data }));
  const open = (name: string, channels: number, layout: "nhwc" | "nchw" = "nhwc") =>
    openImageSource({ images: join(root, name), layout, normalise: false, channels });
  const [colour, grey] = [await open("one.npy", 3), await open("grey.npy", 1)];
  expect(colour.sizes).toEqual([{ height: 4, width: 5, channels: 3 }]);
  expect(grey.sizes).toEqual([{ height: 12, width: 5, channels: 1 }]);
  for (const source of [colour, grey]) expect((await source.image(0)).values).toEqual(one.data);
  expect((await open("one.npy", 1)).sizes).toHaveLength(4);

  // Index (i, y, x, c) of [2, 2, 5, 3], first fastest.
  const turned = Float32Array.from({ length: 60 }, (_, at) => {
    const [i, y, x, c] = [at % 2, (at >> 1) % 2, Math.floor(at / 4) % 5, Math.floor(at / 20)];
    return bytes[((i * 2 + y) * 5 + x) * 3 + c];
  });
  const file = Buffer.from(encodeNpy({ shape: [2, 2, 5, 3], data: turned }));
  file.write("True, ", file.indexOf("False,"));
  writeFileSync(join(root, "turned.npy"), file);
  const source = await open("turned.npy", 3);
  expect([...(await source.image(0)).values, ...(await source.image(1)).values]).toEqual([...bytes]);
});
