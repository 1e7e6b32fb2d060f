// The ports without a machine: files in a map, tasks in this thread by the readable loops, images by drawing.
import type { Files, ImageSource, Platform } from "../../src/app/platform.js";
import { CrispError } from "../../src/core/errors.js";
import { sha256Hex } from "../../src/core/key.js";
import { slice, type Tensor } from "../../src/core/tensor.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import type { ImageSet } from "../../src/images/image-set.js";
import { asItIs } from "../../src/images/normalise.js";
import { inlineExecutor } from "../../src/work/executor.js";

/** Ports over `contents`, path to bytes; images of studies are `set`, those to code `images`. */
export function memoryPlatform(contents: Map<string, Uint8Array>, set: ImageSet, images: Tensor): Platform {
  const bytesOf = (content: Uint8Array | string) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
  const files: Files = {
    paths: {
      join: (...parts) => parts.filter(Boolean).join("/"),
      resolve: (path) => path,
      relative: (from, to) => (to.startsWith(`${from}/`) ? to.slice(from.length + 1) : `../${to}`),
      basename: (path) => path.slice(path.lastIndexOf("/") + 1),
      dirname: (path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))),
    },
    real: async (path) => path,
    async read(path) {
      const bytes = contents.get(path);
      if (bytes) return bytes;
      throw new CrispError("data", `${path} cannot be read. Check the name.`);
    },
    async open(path) {
      const bytes = await files.read(path);
      return {
        bytes: bytes.length,
        part: async (from, to) => new Uint8Array(bytes.subarray(from, to)),
        sha256: async () => sha256Hex(bytes),
      };
    },
    readIfThere: async (path) => contents.get(path) ?? null,
    stamp: async (path) => (contents.has(path) ? sha256Hex(contents.get(path)!) : null),
    async kind(path) {
      if (contents.has(path)) return "file";
      return [...contents.keys()].some((name) => name.startsWith(`${path}/`)) ? "folder" : null;
    },
    async list(folder) {
      const inside = [...contents.keys()].filter((name) => name.startsWith(`${folder}/`));
      return [...new Set(inside.map((name) => name.slice(folder.length + 1).split("/")[0]))];
    },
    async demandWritable() {},
    async writeFirst(path, content) {
      if (contents.has(path)) return "present";
      contents.set(path, bytesOf(content));
      return "written";
    },
    replace: async (path, content) => void contents.set(path, bytesOf(content)),
    append: async (path, text) =>
      void contents.set(path, new Uint8Array([...(contents.get(path) ?? []), ...bytesOf(text)])),
    async grow(path) {
      const grown: number[] = [];
      return {
        append: async (content) => void grown.push(...bytesOf(content)),
        finish: async () => void contents.set(path, new Uint8Array(grown)),
        discard: async () => {},
      };
    },
    remove: async (path) => void contents.delete(path),
    sha256: async (bytes) => sha256Hex(bytes),
  };
  const [count, height, width, channels] = images.shape;
  const source: ImageSource = {
    sizes: new Array(count).fill({ height, width, channels }),
    names: null,
    warnings: [],
    raw: true,
    image: async (index) => ({ values: slice(images, index).slice(), taken: asItIs }),
  };
  return {
    files,
    images: {
      open: async () => set,
      source: async () => source,
      picture: async (path) => decodePicture(await files.read(path), path),
      pictureNames: async () => ({ names: [], skipped: [] }),
      shape: async () => null,
      there: async () => ({ height, width, channels, training: 1_000, test: 1_000, layout: "nhwc" }),
    },
    studies: {
      files: () => files,
      make: async () => {},
      lock: async () => async () => {},
      claim: async () => async () => {},
      strays: async () => [],
      isHeld: async () => false,
      removeStrays: async () => {},
      processId: 1,
      host: "here",
    },
    table: () => Promise.reject(new Error("no table is read here")),
    ranges: () => Promise.reject(new Error("no table is read here")),
    cores: 1,
    openExecutor: async () => inlineExecutor([referenceEngine()], () => 0),
    asset: (name) => files.read(name),
    fonts: async () => [],
    origin: (command) => ({ version: "0", machine: "none", node: "none", command, date: "today" }),
    packages: () => ({}),
    now: () => 0,
    date: () => new Date(0),
    processor: () => 0,
  };
}
