/** The engine in a real page: the bits of the command, from file:// and http; given up, broken down, without vectors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Rolldown } from "tsdown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserParts } from "../../scripts/browser.mjs";
import { imagePath } from "../../src/coding/batch.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { posterGeometry } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { wasmEngine } from "../../src/engine/wasm/engine.js";
import { encodeNpy } from "../../src/formats/npy.js";
import type { Picture } from "../../src/formats/picture.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { normalise } from "../../src/images/normalise.js";
import { denoisePictures, encodeImages, readCodes } from "../../src/node/index.js";
import { fitTable, type TableRecord, type TableRow } from "../../src/scaling/table.js";
import { gaussianDictionary, kernelModule } from "../coding/networks.js";
import { found, type Opened, openPage, serveFolder } from "./page.js";

const root = resolve(import.meta.dirname, "../..");
const dist = join(root, "dist");
const geometry = { ...posterGeometry(24), height: 16, width: 16 };
const dictionary = gaussianDictionary(geometry);
const picture = (size: number, channels: 1 | 3, index: number): Picture => ({
  ...{ height: size, width: size, channels },
  bytes: leavesPicture({ seed: 3, height: size, width: size, channels }, "test", index),
});
const images = Float32Array.from([0, 1].flatMap((i) => [...normalise(picture(16, 3, i).bytes)]));

function withNoise(clean: Picture, sigma: number): Picture {
  const draw = draws({ seed: 5, purpose: purpose.test }, 0);
  const bytes = clean.bytes.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))));
  return { ...clean, bytes };
}

/** Written into the page: typed arrays as lists, and numbers back. */
const asArray = (data: ArrayLike<number>) => `[${Array.from(data).join(",")}]`;
const atomsText = `{ shape: [${dictionary.atoms.shape}], data: Float32Array.from(${asArray(dictionary.atoms.data)}) }`;
const imagesText = `{ shape: [2, 16, 16, 3], data: Float32Array.from(${asArray(images)}) }`;
const pixelsText = ({ width, height, bytes }: Picture) =>
  `{ width: ${width}, height: ${height}, data: Uint8ClampedArray.from(${asArray(bytes)}) }`;
/** Typed arrays as lists, as JSON writes a record. */
const plain = (value: string) => `JSON.stringify(${value}, (_, v) => ArrayBuffer.isView(v) ? [...v] : v)`;

/** Where two records differ: numbers by more than a millionth, everything else at all. */
function farApart(a: unknown, b: unknown, at = ""): string[] {
  if (typeof a === "number" && typeof b === "number")
    return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b)) + 1e-12 ? [] : [`${at}: ${a}, ${b}`];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return a === b ? [] : [`${at}: ${a}, ${b}`];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name) => farApart(a[name as never], b[name as never], `${at}.${name}`));
}

describe.skipIf(!found)("the engine in a page", () => {
  const folder = mkdtempSync(join(tmpdir(), "crisp-engine-"));
  let opened: Opened;
  let http: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    for (const name of ["browser.global.js", "browser.js"])
      writeFileSync(join(folder, name), readFileSync(join(dist, name)));
    const { output } = await Rolldown.build({
      input: join(root, "src/browser/client.ts"),
      ...{ platform: "browser", write: false, transform: { define: await browserParts() } },
      output: { format: "iife", name: "inside" },
    });
    writeFileSync(join(folder, "inside.js"), output[0].code);
    const scripts = ["browser.global.js", "inside.js"].map((name) => `<script src="${name}"></script>`).join("");
    const head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>engine</title>';
    writeFileSync(join(folder, "plain.html"), `${head}${scripts}`);
    const module = 'import * as crisp from "./browser.js"; globalThis.crisp = crisp; globalThis.loaded = true;';
    writeFileSync(join(folder, "module.html"), `${head}<script type="module">${module}</script>`);
    http = await serveFolder(folder);
    opened = await openPage(/^(file|data|blob):|^http:\/\/127\.0\.0\.1/);
  });

  afterAll(async () => {
    await opened?.close();
    http?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async <T>(code: string): Promise<T> => JSON.parse(await opened.page.evaluate(`(async () => ${code})()`));
  const plainPage = () => opened.page.goto(`file://${join(folder, "plain.html")}`);

  const pages = [
    ["file:// as a plain script", () => plainPage()],
    [
      "http as a module",
      () =>
        opened.page.goto(`${http.address}/module.html`).then(() => opened.page.waitForFunction("globalThis.loaded")),
    ],
  ] as const;

  describe.each(pages)("on %s", (_, open) => {
    beforeAll(async () => {
      opened.trouble.length = 0;
      await open();
    });
    afterAll(() => expect(opened.trouble).toEqual([]));

    test("encode: records and codes of the command, to the last bit", async () => {
      const files = { images: join(folder, "images.npy"), dictionary: join(folder, "atoms.npy") };
      writeFileSync(files.images, encodeNpy({ shape: [2, 16, 16, 3], data: images }));
      writeFileSync(files.dictionary, encodeNpy(dictionary.atoms));
      const out = join(folder, "codes.npz");
      const choices = { lambdas: [0.4, 1], noise: { sigma: 0.5, seed: 7 } };
      const told = await encodeImages({ ...files, ...choices, out });
      const { codes } = await readCodes(out);
      const page = await run<{ images: Record<string, unknown>[][] }>(
        plain(`await crisp.encode(${imagesText}, ${atomsText}, ${JSON.stringify(choices)})`),
      );
      const records = page.images.map((of) => of.map(({ code: _, seconds: __, ...rest }) => rest));
      expect(records).toEqual(told.images.map(({ lambdas }) => lambdas.map(({ seconds: _, ...rest }) => rest)));
      const found = page.images.flatMap((of) => of.map(({ code }) => code));
      expect(found).toEqual(codes.map(({ index, value }) => ({ index: [...index], value: [...value] })));
    });

    test.each([
      ["colour, noise from the picture", withNoise(picture(24, 3, 4), 25), {}],
      ["grey", withNoise(picture(40, 1, 5), 25), { quality: "fast" }],
      ["noise below the model's", withNoise(picture(32, 3, 6), 3), { sigma: 3, quality: "fast" }],
      ["a λ of one's own", withNoise(picture(24, 3, 7), 25), { lambda: 0.3, quality: "fast" }],
    ] as const)("denoise, %s: the picture of the command, to the last bit", async (_, noisy, choices) => {
      const [input, out] = [join(folder, "noisy.png"), join(folder, "clean.png")];
      writeFileSync(input, encodePng(noisy));
      const told = await denoisePictures({ input, out, ...choices });
      const { bytes } = (await decodePicture(readFileSync(out), out)).picture;
      const page = await run<{ pixels: { data: number[] }; sigma: number; lambda: number; codings: number }>(
        plain(`await crisp.denoise(${pixelsText(noisy)}, ${JSON.stringify(choices)})`),
      );
      expect(page.pixels.data).toEqual([...bytes]);
      const { sigma, lambda, codings } = told.pictures[0];
      expect(page).toMatchObject({ sigma, lambda, codings });
      expect(page.pixels.data).not.toEqual([...noisy.bytes]);
    });

    test("denoise takes what a canvas gives, and leaves its alpha", async () => {
      const noisy = withNoise(picture(24, 3, 4), 25);
      const data = Array.from({ length: 4 * 24 * 24 }, (_, i) =>
        i % 4 < 3 ? noisy.bytes[3 * (i >> 2) + (i % 4)] : i & 255,
      );
      const [rgb, rgba] = await run<{ pixels: { data: number[] } }[]>(
        plain(`[await crisp.denoise(${pixelsText(noisy)}, { quality: "fast" }),
          await crisp.denoise(new ImageData(Uint8ClampedArray.from(${asArray(data)}), 24), { quality: "fast" })]`),
      );
      expect(rgba.pixels.data.filter((_, i) => i % 4 < 3)).toEqual(rgb.pixels.data);
      expect(rgba.pixels.data.filter((_, i) => i % 4 === 3)).toEqual(data.filter((_, i) => i % 4 === 3));
    });

    test("fit: extrema, verdicts and law of the command to a millionth: engines round logarithms as they like", async () => {
      const rows: TableRow[] = [16, 32, 64, 128, 256].flatMap((size) =>
        [-3, -2, -1, 0, 1, 2, 3].flatMap((i) =>
          [0, 1].map((replicate) => ({
            ...{ size, replicate, control: 10 * size ** -0.75 * Math.exp(0.2 * i) },
            value: 1 + 0.12 * (0.2 * i) ** 2 + 0.001 * (((7 * i + 3 * replicate + size) % 5) - 2),
          })),
        ),
      );
      const page = await run<TableRecord>(plain(`await crisp.fit(${JSON.stringify(rows)})`));
      const told = ({ extrema, location, value }: TableRecord) =>
        JSON.parse(JSON.stringify([extrema, location.verdict, location.powerLaw, value.verdict, value.powerLaw]));
      expect(farApart(told(page), told(fitTable(rows)))).toEqual([]);
    });

    test("an error is the command's: its code and its words", async () => {
      const page = await run<{ code: string; message: string; isOurs: boolean }>(
        plain(`await crisp.encode(${imagesText}, { shape: [1, 8, 8, 1], data: new Float32Array(64) }).catch((e) =>
          ({ code: e.code, message: e.message, isOurs: e instanceof crisp.CrispError }))`),
      );
      expect(page).toMatchObject({ code: "shape", isOurs: true });
      expect(page.message).toContain("the images have 3 channels, the atoms 1");
    });
  });

  describe("asked from inside", () => {
    beforeAll(async () => {
      opened.trouble.length = 0;
      await plainPage();
      await opened.page.evaluate(`globalThis.client = inside.openClient(); globalThis.dictionary = { geometry: ${JSON.stringify(geometry)}, atoms: ${atomsText} };
        globalThis.clean = ${imagesText}.data.slice(0, 768); globalThis.noise = { sigma: 0.5, seed: 7 };`);
    });
    afterAll(() => expect(opened.trouble).toEqual([]));

    test("path: a point for each λ as it is done, the sums and percentages of the same coding here", async () => {
      const lambdas = [1.2, 0.8, 0.5];
      const page = await run<{ points: Record<string, number>[]; answer: { noisy: number[]; units: number } }>(
        `{ const points = []; const answer = await client.ask("path", { dictionary, clean, noise, lambdas: [${lambdas}], keep: true }, { onPoint: (p) => points.push(p) });
          return ${plain("{ points, answer }")}; }`,
      );
      expect(page.points.map(({ lambda }) => lambda)).toEqual(lambdas);
      expect(page.answer.units).toBe(24 * 64);
      const coder = await wasmEngine(kernelModule()).prepare(dictionary);
      const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2 } as const;
      const clean = images.slice(0, 768);
      let i = 0;
      for await (const { energy, code, reconstruction } of imagePath(coder, Float32Array.from(page.answer.noisy), {
        lambdas,
        rule,
      })) {
        const point = page.points[i++];
        const error = reconstruction.reduce((sum, s, n) => sum + (s - clean[n]) ** 2, 0);
        const residual = reconstruction.reduce((sum, s, n) => sum + (s - page.answer.noisy[n]) ** 2, 0);
        expect(point).toMatchObject({
          energy,
          active: code.index.length,
          percentActive: (100 * code.index.length) / (24 * 64),
        });
        expect(point.reconstruction).toEqual([...reconstruction]);
        expect(point.percentError).toBeCloseTo(100 * Math.sqrt(error / 768), 4); // ‖s‖² of a normalised image: its number of values
        expect(point.sure).toBeCloseTo(residual - 768 * 0.25 + 0.5 * code.index.length, 6);
      }
    });

    test("lca: V, energy and code after each number of steps are those of the float64 loops to 1e-4, above the minimum", async () => {
      const steps = [1, 5, 20, 60];
      const page = await run<{ kind: string; step: number; energy: number; potential: number[] }[]>(
        `{ const points = []; await client.ask("lca", { dictionary, image: clean, lambda: 0.5, steps: [${steps}] }, { onPoint: (p) => points.push(p) });
          return ${plain("points")}; }`,
      );
      const [minimum, ...run60] = page;
      expect([minimum.kind, ...run60.map(({ step }) => step)]).toEqual(["minimum", ...steps]);
      for (const { step, energy, potential } of run60) {
        const V = new Float64Array(potential.length);
        const coder = lcaCoder(dictionary, { steps: step, potentials: (found) => V.set(found) });
        const [coding] = coder.path(images.slice(0, 768), [0.5], {
          threshold: { kind: "soft", rectified: true },
          tolerance: 0.5,
        });
        expect(Math.max(...potential.map((v, n) => Math.abs(v - V[n])))).toBeLessThan(1e-4);
        expect(energy / coding.energy).toBeCloseTo(1, 5);
        expect(energy).toBeGreaterThan(minimum.energy * (1 - 1e-5));
      }
    });

    test("in a lane the newest request is answered, the older ones are given up, and no point of theirs comes after", async () => {
      const page = await run<{ codes: string[]; late: number; last: number }>(
        `{ let late = 0, given = false;
          const path = (lambdas, onPoint) => client.ask("path", { dictionary, clean, noise, lambdas }, { lane: "slider", onPoint });
          const long = Array.from({ length: 400 }, (_, i) => 1.5 * 0.99 ** i);
          const old = [0, 1, 2].map(() => path(long, () => { if (given) late++; }).then(() => "answered", (e) => e.code));
          const points = [];
          const newest = path([0.7], (p) => points.push(p.lambda));
          given = true;
          await newest;
          return ${plain("{ codes: await Promise.all(old), late, last: points[0] }")}; }`,
      );
      expect(page).toEqual({ codes: ["incomplete", "incomplete", "incomplete"], late: 0, last: 0.7 });
    });

    test("without a lane all are answered, in their order", async () => {
      const order = await run<number[]>(
        `{ const order = []; await Promise.all([0.9, 0.5, 0.7].map((lambda) => client.ask("path", { dictionary, clean, noise, lambdas: [lambda] }).then(() => order.push(lambda))));
          return ${plain("order")}; }`,
      );
      expect(order).toEqual([0.9, 0.5, 0.7]);
    });

    test("a signal gives work up that hears nothing, and what waits behind it is answered by another worker", async () => {
      let started = 0;
      opened.page.once("worker", () => started++);
      const page = await run<{ first: string; second: number }>(
        `{ const control = new AbortController();
          const rows = [16, 32, 64, 128, 256, 512].flatMap((size) => Array.from({ length: 900 }, (_, n) => { const [i, replicate] = [n % 300, Math.floor(n / 300)]; return { size, control: 1 + i / 50, replicate, value: (i / 50 - 3) ** 2 + 1 + Math.sin(n * size) / 50 }; }));
          const first = client.ask("fit", { rows, options: {} }, { signal: control.signal }).then(() => "answered", (e) => e.code);
          const points = [];
          const second = client.ask("path", { dictionary, clean, noise, lambdas: [0.7] }, { onPoint: (p) => points.push(p.lambda) });
          setTimeout(() => control.abort(), 20);
          await second;
          return ${plain("{ first: await first, second: points.length }")}; }`,
      );
      expect(page).toEqual({ first: "incomplete", second: 1 });
      expect(started).toBe(1);
    });

    test("dropping a request that waits behind another restarts no worker", async () => {
      let started = 0;
      const count = () => started++;
      opened.page.on("worker", count);
      const page = await run<string[]>(
        `{ const rows = [16, 32, 64, 128, 256, 512].flatMap((size) => Array.from({ length: 900 }, (_, n) => { const [i, replicate] = [n % 300, Math.floor(n / 300)]; return { size, control: 1 + i / 50, replicate, value: (i / 50 - 3) ** 2 + 1 + Math.sin(n * size) / 50 }; }));
          const control = new AbortController();
          const first = client.ask("fit", { rows, options: {} }).then(() => "answered", (e) => e.code);
          const second = client.ask("path", { dictionary, clean, noise, lambdas: [0.7] }, { signal: control.signal }).then(() => "answered", (e) => e.code);
          setTimeout(() => control.abort(), 20);
          return ${plain("[await first, await second]")}; }`,
      );
      opened.page.off("worker", count);
      expect(page).toEqual(["answered", "incomplete"]);
      expect(started).toBe(0);
    });

    test("a worker that took long to begin is given as long to hear, and its address as long as it begins", async () => {
      // Begins after 600 ms, then works 300 ms on each request: another worker would be later than this one.
      const slow = `const busy = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
        busy(600); postMessage({ ready: true });
        onmessage = ({ data }) => { if (data.ask) { busy(300); postMessage({ id: data.ask.id, answer: data.ask.input }); } };`;
      let started = 0;
      const count = () => started++;
      opened.page.on("worker", count);
      const page = await run<string[]>(
        `{ const revoked = []; const revoke = URL.revokeObjectURL; URL.revokeObjectURL = (url) => { revoked.push(url); revoke.call(URL, url); };
          const slow = inside.openClient(${JSON.stringify(slow)});
          const ask = (input) => slow.ask("path", input, { lane: "slider" }).then((answer) => answer, (e) => e.code);
          const first = ask("first"); const early = revoked.length;
          await new Promise((done) => setTimeout(done, 700));
          const second = ask("second");
          const answers = [await first, await second]; slow.close(); URL.revokeObjectURL = revoke;
          return ${plain("[...answers, early, revoked.length]")}; }`,
      );
      opened.page.off("worker", count);
      expect(page).toEqual(["incomplete", "second", 0, 1]);
      expect(started).toBe(1);
    });

    test("a signal that outlives its requests is listened to by none of them", async () => {
      const left = await run<number[]>(
        `{ const listeners = new Set();
          const signal = { aborted: false, addEventListener: (_, one) => listeners.add(one), removeEventListener: (_, one) => listeners.delete(one) };
          const ask = (lambda) => client.ask("path", { dictionary, clean, noise, lambdas: [lambda] }, { signal }).catch(() => {});
          const both = [ask(0.7), ask(-1)]; const during = listeners.size; await Promise.all(both);
          return ${plain("[during, listeners.size]")}; }`,
      );
      expect(left).toEqual([2, 0]);
    });

    test("a worker that breaks down: those who wait are told, and the next call starts another", async () => {
      const before = opened.page.workers().length;
      const waiting = opened.page.evaluate<string>(
        `client.ask("path", { dictionary, clean, noise, lambdas: Array.from({ length: 4000 }, (_, i) => 2 * 0.999 ** i) }, { lane: "breaks", onPoint: () => { globalThis.begun = true; } })
          .then(() => "answered", (e) => e.code + ": " + e.message)`,
      );
      await opened.page.waitForFunction("globalThis.begun");
      const worker = opened.page.workers()[before];
      await worker.evaluate("setTimeout(() => { throw new Error('planted'); })");
      expect(await waiting).toMatch(/^internal: the worker broke down \(.*planted\)/);
      const next = await run<number>(
        `{ let n = 0; await client.ask("path", { dictionary, clean, noise, lambdas: [1] }, { lane: "breaks", onPoint: () => n++ }); return ${plain("n")}; }`,
      );
      expect(next).toBe(1);
    });

    test("closed, it gives up what is under way and works again when asked", async () => {
      const page = await run<string[]>(
        `{ const ask = (lambda) => client.ask("path", { dictionary, clean, noise, lambdas: [lambda] }).then(() => "answered", (e) => e.code);
          const first = ask(1); await null; client.close(); return ${plain("[await first, await ask(1)]")}; }`,
      );
      expect(page).toEqual(["incomplete", "answered"]);
    });
  });

  test("a processor without vectors is refused in words, and the page goes on", async () => {
    const old = await openPage(/^(file|data|blob):/, [
      "--js-flags=--no-enable-sse4-1 --no-enable-ssse3 --no-enable-sse3 --no-enable-avx",
    ]);
    try {
      await old.page.goto(`file://${join(folder, "plain.html")}`);
      const said = await old.page.evaluate(
        `crisp.encode(${imagesText}, ${atomsText}).then(() => "answered", (e) => e.code + ": " + e.message)`,
      );
      expect(said).toMatch(/^usage: this browser's WebAssembly has no 128-bit vectors/);
      expect(old.trouble).toEqual([]);
    } finally {
      await old.close();
    }
  });

  test.each(["file", "http"])("the example page of the documents works from %s", async (from) => {
    opened.trouble.length = 0;
    const served = from === "http" ? await serveFolder(root) : undefined;
    await opened.page.goto(`${served?.address ?? `file://${root}`}/docs/examples/browser.html`);
    await opened.page.getByText(/^Noise of \d/).waitFor();
    served?.server.close();
    const noise = Number(/\d+\.\d/.exec((await opened.page.getByRole("status").textContent())!)![0]);
    expect(Math.abs(noise / 17.3 - 1)).toBeLessThan(0.5); // uniform over 60 grey levels: 60/√12, and the picture is small
    expect(opened.trouble).toEqual([]);
    expect(readFileSync(join(root, "docs/examples/browser.html"), "utf8").split("\n").length).toBeLessThanOrEqual(41);
  });
});
