// `crisp denoise` as a user runs it: pictures in, cleaner pictures out.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { type Picture, withChannels } from "../../src/formats/picture.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpWeights } from "../../src/formats/pvp.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();

function leaf(height: number, width: number, channels: 1 | 3): Picture {
  return { height, width, channels, bytes: leavesPicture({ seed: 9, height, width, channels }, "test", 1) };
}

function withNoise(clean: Picture, sigma: number): Picture {
  const draw = draws({ seed: 5, purpose: purpose.test }, 0);
  const bytes = clean.bytes.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))));
  return { ...clean, bytes };
}

async function denoise(...words: string[]) {
  const { status, stdout, stderr } = await crisp(["denoise", ...words, "--json"], { cwd });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

beforeAll(() => {
  for (const [name, clean] of Object.entries({
    colour: leaf(50, 139, 3),
    grey: leaf(47, 60, 1),
    tiny: leaf(9, 5, 3),
  })) {
    writeFileSync(join(cwd, `${name}-clean.png`), encodePng(clean));
    writeFileSync(join(cwd, `${name}.png`), encodePng(withNoise(clean, 25)));
  }
});

describe("crisp denoise", () => {
  it("raises PSNR by 4 dB and SSIM by 0.1 at σ = 25; quality gains; workers change nothing", async () => {
    const outputs: Uint8Array[] = [];
    const psnr: number[] = [];
    for (const [quality, workers] of [
      ["fast", "1"],
      ["default", "1"],
      ["default", "2"],
    ]) {
      const words = ["colour.png", "--sigma", "25", "--reference", "colour-clean.png"];
      const { pictures } = await denoise(...words, "--quality", quality, "--workers", workers);
      const [{ before, after, output, unconverged }] = pictures;
      expect(after.psnr).toBeGreaterThan(before.psnr + 4);
      expect(after.ssim).toBeGreaterThan(before.ssim + 0.1);
      expect(unconverged).toBe(0);
      outputs.push(readFileSync(output));
      psnr.push(after.psnr);
    }
    expect(psnr[1]).toBeGreaterThan(psnr[0] + 0.03);
    expect(outputs[1]).toEqual(outputs[2]);
  });

  it("with λ by SURE the dictionary knows its result's PSNR", async () => {
    const words = ["colour.png", "--sigma", "25", "--reference", "colour-clean.png", "--out", "sure.png"];
    const [{ after, expectedPsnr }] = (await denoise(...words, "--lambda", "sure")).pictures;
    // One picture of 21,000 values, partly clipped.
    expect(Math.abs(expectedPsnr - after.psnr)).toBeLessThan(1.5);
  });

  it("keeps grey grey, also when it is stored as colour", async () => {
    const grey = decodePicture(readFileSync(join(cwd, "grey.png")), "grey");
    writeFileSync(join(cwd, "stored.png"), encodePng(withChannels(grey.picture, 3)));
    const first = await denoise("grey.png", "--out", "a.png", "--reference", "grey-clean.png");
    const second = await denoise("stored.png", "--out", "b.png");
    expect(first.pictures[0].after.psnr).toBeGreaterThan(first.pictures[0].before.psnr + 3);
    expect(first.pictures[0].estimated).toBe(true);
    expect(second.pictures[0].channels).toBe(1);
    expect(readFileSync(join(cwd, "a.png"))).toEqual(readFileSync(join(cwd, "b.png")));
    expect(decodePicture(readFileSync(join(cwd, "a.png")), "a").picture.channels).toBe(1);
  });

  it("16 bits stay 16 bits: noise of a fraction of a grey level is found and removed", async () => {
    // As a microscope of 12 bits fills its files: levels 700 to 1900 of 65535, noise 40 of them.
    const [clean, sigma] = [leaf(48, 60, 1), 40];
    const draw = draws({ seed: 5, purpose: purpose.test }, 1);
    const deepOf = (value: number, noise: number) => Math.round(700 + 4.7 * value + noise * draw.gaussian());
    const pixels = (noise: number) => {
      const deep = Uint16Array.from(clean.bytes, (value) => deepOf(value, noise));
      return { ...clean, deep, bytes: Uint8Array.from(deep, (value) => Math.round(value / 257)) };
    };
    writeFileSync(join(cwd, "deep-clean.png"), encodePng(pixels(0)));
    writeFileSync(join(cwd, "deep.png"), encodePng(pixels(sigma)));
    const { pictures } = await denoise("deep.png", "--reference", "deep-clean.png");
    const [{ depth, sigma: found, before, after, output, unchanged }] = pictures;
    expect([depth, unchanged]).toEqual([16, null]);
    expect(Math.abs((257 * found) / sigma - 1)).toBeLessThan(0.25);
    expect(after.psnr).toBeGreaterThan(before.psnr + 1.5);
    const written = decodePicture(readFileSync(output), "deep").picture;
    expect(new Set(written.deep).size).toBeGreaterThan(200);
  });

  it("a picture smaller than an atom, a flat one and one without noise come through", async () => {
    writeFileSync(join(cwd, "flat.png"), encodePng({ ...leaf(20, 20, 3), bytes: new Uint8Array(1200).fill(77) }));
    const tiny = await denoise("tiny.png", "--sigma", "25");
    expect([tiny.pictures[0].height, tiny.pictures[0].unchanged]).toEqual([9, null]);
    const table = await denoise("tiny.png", "--sigma", "2");
    expect([table.pictures[0].lambdaFrom, table.pictures[0].expectedPsnr]).toEqual(["table", null]);
    const flat = await denoise("flat.png");
    expect(flat.pictures[0].unchanged).toContain("below 0.5");
    const written = decodePicture(readFileSync(flat.pictures[0].output), "flat").picture;
    expect(new Set(written.bytes)).toEqual(new Set([77]));
    expect((await denoise("flat.png", "--sigma", "9")).pictures[0].unchanged).toBe("it is flat");
    const said = async (...words: string[]) => (await crisp(["denoise", ...words], { cwd })).stderr;
    expect(await said("flat.png")).toContain("its noise is 0.00 grey levels, below 0.5. Give the noise with --sigma.");
    expect(await said("flat.png", "--sigma", "9")).toMatch(/it is flat\.\n/);
    const weak = await said("tiny.png", "--sigma", "0.1");
    expect(weak).toContain("the noise given is 0.10 grey levels, below 0.5. --sigma counts grey levels of 255");
    expect(weak).toContain("write --sigma 25.5."); // 0.1 · 255
  });

  it("a nearly clean picture comes back better or as good; λ is bounded and sure is what auto does", async () => {
    writeFileSync(join(cwd, "near.png"), encodePng(withNoise(leaf(47, 60, 1), 2)));
    const words = ["near.png", "--sigma", "2", "--reference", "grey-clean.png"];
    const [[auto], [sure], [fixed]] = await Promise.all(
      [[], ["--lambda", "sure"], ["--lambda", "0.5"]].map(async (more) => (await denoise(...words, ...more)).pictures),
    );
    expect(auto.lambdaFrom).toBe("sure");
    expect({ ...sure, seconds: 0 }).toEqual({ ...auto, seconds: 0 });
    expect(auto.lambda).toBeGreaterThanOrEqual(0.05);
    expect(auto.share).toBeGreaterThan(0.3);
    expect(auto.after.psnr).toBeGreaterThan(auto.before.psnr);
    // A λ far too large: the picture's own share makes it good.
    expect([fixed.lambda, fixed.lambdaFrom]).toEqual([0.5, "given"]);
    expect(fixed.after.psnr).toBeGreaterThan(fixed.before.psnr - 0.05);
  });

  it("says who made a result: its version, and its atoms by a hash that anyone can repeat", async () => {
    const { version, network } = await denoise("tiny.png", "--sigma", "25", "--out", "who.png");
    const root = new URL("../../", import.meta.url);
    expect(version).toBe(JSON.parse(readFileSync(new URL("package.json", root), "utf8")).version);
    const { tensors } = decodeSafetensors(readFileSync(new URL("assets/denoise-colour.safetensors", root)), "a");
    const values = Buffer.from(Float32Array.from(tensors["0.atoms"].data).buffer);
    expect(network.atoms).toBe(createHash("sha256").update("384,8,8,3 ").update(values).digest("hex"));
  });

  it("says that it seeks λ, and that it keeps a picture its dictionary cannot describe", async () => {
    const draw = draws({ seed: 6, purpose: purpose.test }, 0);
    const bytes = Uint8Array.from({ length: 40 * 40 * 3 }, () => 256 * draw.uniform());
    writeFileSync(join(cwd, "random.png"), encodePng({ height: 40, width: 40, channels: 3, bytes }));
    const words = [
      "denoise",
      "random.png",
      "--sigma",
      "25",
      "--lambda",
      "sure",
      "--quality",
      "fast",
      "--out",
      "kept.png",
    ];
    const { status, stderr } = await crisp(words, { cwd });
    expect(status).toBe(0);
    expect(stderr).toContain("random.png: finding λ, 1 part begun");
    expect(stderr).toMatch(/random\.png: \d+ % of the noisy picture is kept as it is; .* describes it badly\./);
  });

  it("a network with more active units than the picture has values denoises it", async () => {
    const bytes = Uint8Array.from(leaf(30, 30, 1).bytes);
    writeFileSync(join(cwd, "dense.png"), encodePng(withNoise({ height: 30, width: 30, channels: 1, bytes }, 3)));
    const words = ["dense.png", "--sigma", "3", "--lambda", "0.002", "--quality", "fast", "--out", "dense-out.png"];
    const { pictures } = await denoise(...words);
    expect(pictures[0].activePerPixel).toBeGreaterThan(1);
    expect(pictures[0].expectedPsnr).toBeGreaterThan(35);
  });

  it("a folder becomes a folder; a dictionary of one's own works at once", async () => {
    mkdirSync(join(cwd, "in/deep"), { recursive: true });
    writeFileSync(join(cwd, "in/one.png"), encodePng(withNoise(leaf(32, 32, 3), 30)));
    writeFileSync(join(cwd, "in/deep/two.png"), encodePng(withNoise(leaf(24, 40, 3), 30)));
    mkdirSync(join(cwd, "truth/deep"), { recursive: true });
    writeFileSync(join(cwd, "truth/one.png"), encodePng(leaf(32, 32, 3)));
    writeFileSync(join(cwd, "truth/deep/two.png"), encodePng(leaf(24, 40, 3)));
    const own = new URL("../../assets/denoise.safetensors", import.meta.url).pathname;
    const { pictures } = await denoise("in", "--reference", "truth", "--dictionary", own, "--quality", "fast");
    expect(readdirSync(join(cwd, "in-denoised"), { recursive: true }).sort()).toEqual([
      "deep",
      "deep/two.png",
      "one.png",
    ]);
    for (const { before, after } of pictures) expect(after.psnr).toBeGreaterThan(before.psnr + 3);
  });

  it("references are found by name but for the ending; a picture without one is denoised and named at the end", async () => {
    mkdirSync(join(cwd, "shots/deep"), { recursive: true });
    mkdirSync(join(cwd, "masters/deep"), { recursive: true });
    const clean = encodePng(leaf(32, 32, 1));
    const noisy = encodePng(withNoise(leaf(32, 32, 1), 30));
    for (const name of ["one.png", "deep/two.png", "three.png", "twice.png"])
      writeFileSync(join(cwd, "shots", name), noisy);
    // Content tells the kind of a picture, its name only which picture it is.
    for (const name of ["one.tif", "deep/two.png", "twice.tif", "twice.bmp", "two.png"])
      writeFileSync(join(cwd, "masters", name), clean);
    const words = ["denoise", "shots", "--reference", "masters", "--quality", "fast", "--sigma", "30"];
    const { status, stdout, stderr } = await crisp(words, { cwd });
    expect(status).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split("\n");
    const titles = ["height×width", "noise", "PSNR before", "after", "SSIM before", "after", "time"];
    expect(head.trim().split(/ {2,}/)).toEqual(titles);
    const noReference = /^ +32×32 +30\.0 +no reference +– +– +– /;
    expect(rows.map((row) => noReference.test(row))).toEqual([false, false, true, true]);
    expect(stderr).toMatch(
      /2 of 4 pictures could not be compared: masters has no picture, .*\n {2}\S+three\.png\n {2}\S+twice\.png\n/,
    );
    const [two, one, three] = (await denoise("shots", "--reference", "masters", "--quality", "fast")).pictures;
    expect([two, one, three].map(({ reference }) => reference)).toEqual([
      join(cwd, "masters/deep/two.png"),
      join(cwd, "masters/one.tif"),
      null,
    ]);
    expect([one.after.psnr > one.before.psnr + 3, three.after]).toEqual([true, null]);
    // No reference at all: another folder was meant, and nothing is begun.
    const none = await crisp(["denoise", "shots/three.png", "--reference", "masters", "--out", "none.png"], { cwd });
    expect([none.status, none.stderr]).toEqual([3, expect.stringContaining("masters holds no picture called as")]);
    const single = await crisp(["denoise", "shots", "--reference", "masters/one.tif"], { cwd });
    expect([single.status, single.stderr]).toEqual([2, expect.stringContaining("Name a folder")]);
  });

  it("the table has no column that says nothing of any picture", async () => {
    const words = ["denoise", "grey.png", "--sigma", "25", "--quality", "fast", "--out", "t.png"];
    const heads = await Promise.all(
      [[], ["--lambda", "0.5"]].map(async (more) => (await crisp([...words, ...more], { cwd })).stdout.split("\n")[0]),
    );
    expect(heads.map((head) => head.trim().split(/ {2,}/))).toEqual([
      ["height×width", "noise", "time"],
      ["height×width", "noise", "λ", "PSNR expected", "time"],
    ]);
  });

  it("several pictures and folders go into one folder; a broken one is named at the end and ends nothing", async () => {
    mkdirSync(join(cwd, "batch/more"), { recursive: true });
    const flat = { height: 9, width: 9, channels: 1, bytes: new Uint8Array(81).fill(50) } as const;
    const tiff = new URL("../fixtures/pictures/grey16-deflate-predictor.tif", import.meta.url);
    for (const name of ["a.png", "b.png", "more/c.png"]) writeFileSync(join(cwd, "batch", name), encodePng(flat));
    writeFileSync(join(cwd, "batch/broken.png"), encodePng(flat).subarray(0, 60));
    writeFileSync(join(cwd, "batch/small.png"), encodePng({ ...flat, height: 1, width: 1, bytes: Uint8Array.of(7) }));
    writeFileSync(join(cwd, "batch/more/a.tif"), readFileSync(tiff));
    for (const name of ["notes.txt", "film.gif", "more/film.GIF"]) writeFileSync(join(cwd, "batch", name), "GIF89a");
    const words = ["batch/a.png", "batch/broken.png", "batch/more", "batch/small.png", "batch/b.png"];
    const more = ["--out", "all", "--quality", "fast", "--workers", "1"];
    const text = await crisp(["denoise", ...words, ...more], { cwd });
    expect(text.status).toBe(3);
    expect(text.stderr).toContain("batch/more: passed over, being no pictures that are read: 1 .gif.");
    expect(text.stderr).toMatch(/error: 2 of 6 pictures could not be denoised; the others are written:\n/);
    expect(text.stderr).toMatch(
      /\n {2}\S+broken\.png cannot be decoded: .* cut off\. .*\n {2}\S+small\.png: the picture is 1×1/,
    );
    expect(readdirSync(join(cwd, "all"), { recursive: true }).sort()).toEqual([
      "a.png",
      "b.png",
      "more",
      "more/a.png",
      "more/c.png",
    ]);
    expect(decodePicture(readFileSync(join(cwd, "all/more/a.png")), "a").picture.deep?.length).toBe(117);
    const json = await crisp(["denoise", "batch", ...more, "--json"], { cwd });
    expect([json.status, JSON.parse(json.stdout).pictures.length]).toEqual([3, 4]);
    expect(JSON.parse(json.stdout).failed).toEqual([
      { input: join(cwd, "batch/broken.png"), code: "data", message: expect.stringContaining("cut off") },
      {
        input: join(cwd, "batch/small.png"),
        code: "data",
        message: expect.stringContaining("small.png: the picture is 1×1"),
      },
    ]);
  });

  it("pictures whose names differ by their ending keep it; what an earlier call wrote is no input by name either", async () => {
    mkdirSync(join(cwd, "names"));
    const flat = encodePng({ height: 9, width: 9, channels: 1, bytes: new Uint8Array(81).fill(50) });
    for (const name of ["a.png", "a.pgm", "b.png", "b-denoised.png"]) writeFileSync(join(cwd, "names", name), flat);
    const names = ["a.png", "a.pgm", "b.png", "b-denoised.png", "b.png"].map((name) => join("names", name));
    const { pictures } = await denoise(...names, "--sigma", "9");
    expect(pictures.map(({ output }: { output: string }) => output.slice(cwd.length + 7))).toEqual([
      "a.png-denoised.png",
      "a.pgm-denoised.png",
      "b-denoised.png",
    ]);
    const again = await denoise(...readdirSync(join(cwd, "names")).map((name) => join("names", name)), "--sigma", "9");
    expect(again.pictures.length).toBe(3);
    const single = await denoise("names/a.png", "--sigma", "9", "--out", "names-out/");
    expect(single.pictures[0].output).toBe(join(cwd, "names-out/a.png"));
  });

  it("one dictionary in four kinds of file gives one picture, and what the file leaves open is said", async () => {
    const { tensors } = decodeSafetensors(
      readFileSync(new URL("../../assets/denoise.safetensors", import.meta.url)),
      "a",
    );
    const atoms = tensor([16, 8, 8, 3], Float32Array.from(tensors.atoms.data.subarray(0, 16 * 192)));
    const planes = atoms.data.map((_, i) => {
      const [m, channel, pixel] = [Math.floor(i / 192), Math.floor(i / 64) % 3, i % 64];
      return atoms.data[m * 192 + pixel * 3 + channel];
    });
    const files: Record<string, Uint8Array> = {
      "d.npy": encodeNpy(atoms),
      "first.npy": encodeNpy({ shape: [16, 3, 8, 8], data: Float64Array.from(planes) }),
      "d.npz": encodeNpz({ atoms }),
      "d.pvp": encodePvpWeights(atoms),
    };
    writeFileSync(join(cwd, "small.png"), encodePng(withNoise(leaf(20, 24, 3), 30)));
    const results: string[] = [];
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(cwd, name), bytes);
      const words = ["denoise", "small.png", "--dictionary", name, "--quality", "fast", "--out", "out.png"];
      const { status, stderr } = await crisp(name === "first.npy" ? [...words, "--atoms-layout", "nchw"] : words, {
        cwd,
      });
      expect(status).toBe(0);
      expect(stderr).toMatch(/2×2 pixels apart \(--stride\)\./);
      results.push(readFileSync(join(cwd, "out.png"), "hex"));
    }
    expect(new Set(results).size).toBe(1);
  });

  it("--dry-run says how long and writes nothing; what the work refuses it refuses", async () => {
    const words = ["colour.png", "grey.png", "--out", "not-written", "--sigma", "25"];
    const said = await denoise(...words, "--dry-run", "--workers", "1");
    const { seconds, ...rest } = said;
    const about = {
      schemaVersion: 2,
      dryRun: true,
      workers: 1,
      quality: "default",
      network: "the shipped model",
      pictures: 2,
    };
    expect(rest).toEqual({ ...about, megapixels: (50 * 139 + 47 * 60) / 1e6 });
    expect(seconds).toBeGreaterThan(0);
    expect(readdirSync(cwd)).not.toContain("not-written");
    expect((await crisp(["denoise", "colour.png", "--out", "a.jpg", "--dry-run"], { cwd })).status).toBe(2);
  });

  it("an output folder that is the input, or that is called like a picture, is refused by its reason", async () => {
    const folder = emptyFolder();
    for (const [words, says] of [
      [[folder, "--out", folder], "the folder of the inputs"],
      [[folder, "--out", `${folder}.png`], "the name of one picture"],
    ] as const) {
      const { status, stderr } = await crisp(["denoise", ...words]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });

  it("what an earlier call wrote beside its inputs is no input", async () => {
    mkdirSync(join(cwd, "twice/part"), { recursive: true });
    mkdirSync(join(cwd, "twice/part-denoised"));
    const flat = encodePng({ height: 9, width: 9, channels: 1, bytes: new Uint8Array(81).fill(50) });
    const names = ["a.png", "a-denoised.png", "part/b.png", "part-denoised/b.png", "lone-denoised.png"];
    for (const name of names) writeFileSync(join(cwd, "twice", name), flat);
    const { stdout, stderr } = await crisp(["denoise", "twice", "--sigma", "9", "--json"], { cwd });
    const inputs = JSON.parse(stdout).pictures.map(({ input }: { input: string }) => input.slice(cwd.length + 7));
    expect(inputs.sort()).toEqual(["a.png", "lone-denoised.png", "part/b.png"]);
    expect(stderr).toContain("a-denoised.png and 1 more passed over");
  });

  it.each([
    ["a picture that is not there", ["none.png"], 3, ["none.png cannot be read: it does not exist"]],
    ["a picture cut off", ["cut.png"], 3, ["cut.png", "cut off"]],
    ["a file that is not a picture", ["text.png"], 3, ["text.png", "PNG, JPEG"]],
    ["a reference of another size", ["grey.png", "--reference", "colour-clean.png"], 3, ["colour-clean.png", "47×60"]],
    ["a reference that is not there", ["grey.png", "--reference", "gone.png"], 3, ["gone.png", "--reference"]],
    ["a λ that is not a number", ["grey.png", "--lambda", "shure"], 2, ["--lambda: shure was given", "auto or sure"]],
    ["writing over the input", ["grey.png", "--out", "grey.png"], 2, ["grey.png", "an input"]],
    ["writing over the reference", ["grey.png", "--reference", "x.png", "--out", "x.png"], 2, ["reference"]],
    ["an output that is no PNG", ["grey.png", "--out", "clean.jpg"], 2, ["clean.jpg", ".png"]],
    ["a dictionary that is none", ["grey.png", "--dictionary", "text.png"], 2, ["text.png", "safetensors"]],
    ["a stride of no dictionary", ["grey.png", "--stride", "4"], 2, ["--stride 4", "--dictionary"]],
    ["a folder that is not a study", ["grey.png", "--study", "void"], 2, ["no study"]],
    ["an empty folder", ["void"], 3, ["holds no picture"]],
  ] as const)("%s is refused and nothing is written", async (_claim, words, expected, says) => {
    writeFileSync(join(cwd, "text.png"), "not a picture");
    writeFileSync(join(cwd, "x.png"), readFileSync(join(cwd, "grey-clean.png")));
    writeFileSync(join(cwd, "cut.png"), readFileSync(join(cwd, "colour.png")).subarray(0, 900));
    mkdirSync(join(cwd, "void"), { recursive: true });
    const before = readdirSync(cwd).sort();
    const { status, stdout, stderr } = await crisp(["denoise", ...words], { cwd });
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
    for (const part of says) expect(stderr).toContain(part);
    expect(readdirSync(cwd).sort()).toEqual(before);
  });
});
