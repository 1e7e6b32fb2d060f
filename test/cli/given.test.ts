// Studies that train nothing: dictionaries of the user's own in files, and random ones. The built command, small images.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { randomAtoms } from "../../src/coding/atoms.js";
import { draws, purpose } from "../../src/core/random.js";
import type { Tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpWeights } from "../../src/formats/pvp.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const sizes = [4, 6, 8, 16];
const geometry = { height: 12, width: 10, channels: 3, patch: [4, 4], stride: [2, 2], boundary: "crop" } as const;
/** What `--atoms random` draws for seed 1. */
const atoms = sizes.map((features) => randomAtoms({ ...geometry, features }, 1));
const files = ["a.npy", "b.pvp", "c.npz", "d.safetensors"];
const brief = ["learning.heldOut=16", "learning.minibatch=8", "sweep.pilotImages=16", "sweep.smallest=0.1"];
const small = ["--data", "images.npy", "--training-images", "40", "--test-images", "12", "--workers", "1"];
const study = ["run", ...small, ...brief.flatMap((set) => ["--set", set])];

/** A few atoms of the dictionaries, placed at random, and a little noise: images with something to find. */
function images(): Float32Array {
  const draw = draws({ seed: 3, purpose: purpose.test }, 0);
  const data = new Float32Array(80 * 360);
  for (let i = 0; i < data.length; i++) data[i] = 0.1 * draw.gaussian();
  for (let n = 0; n < 80 * 6; n++) {
    const from = atoms[draw.whole(4)];
    const atom = from.data.subarray(48 * draw.whole(from.shape[0]));
    const [image, top, left] = [Math.floor(n / 6), draw.whole(9), draw.whole(7)];
    for (let i = 0; i < 48; i++) {
      const [row, column] = [top + Math.floor(i / 12), left + (Math.floor(i / 3) % 4)];
      data[image * 360 + (row * 10 + column) * 3 + (i % 3)] += 5 * atom[i];
    }
  }
  return data;
}

function write(folder: string, [a, b, c, d]: readonly Tensor[]): void {
  mkdirSync(join(cwd, folder), { recursive: true });
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(cwd, folder, name), bytes);
  put("a.npy", encodeNpy({ shape: a.shape, data: Float64Array.from(a.data) }));
  put("b.pvp", encodePvpWeights(b));
  put("c.npz", encodeNpz({ atoms: c, other: { shape: [1], data: Float32Array.of(1) } }));
  put("d.safetensors", encodeSafetensors({ tensors: { weight: d }, metadata: {} }));
}

const listed = (folder: string) => files.map((name) => `${folder}/${name}`).join(",");
const given = (folder: string, out: string, ...more: string[]) => [
  ...study,
  "--dictionaries",
  listed(folder),
  "--out",
  out,
  ...more,
];

async function recordOf(words: readonly string[]) {
  const { status, stdout, stderr } = await crisp([...words, "--json"], { cwd });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  return JSON.parse(stdout);
}

async function refusal(words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await crisp(words, { cwd });
  expect(stdout).toBe("");
  expect(status).toBeGreaterThan(1);
  return stderr;
}

let record: Awaited<ReturnType<typeof recordOf>>;
beforeAll(async () => {
  writeFileSync(join(cwd, "images.npy"), encodeNpy({ shape: [80, 12, 10, 3], data: images() }));
  write("own", atoms);
  record = await recordOf(given("own", "given", "--left-out", "16"));
});

describe("crisp run --dictionaries", () => {
  it("takes sizes, patch and atoms from the files and trains nothing", () => {
    expect(record.settings).toMatchObject({
      features: [4, 6, 8],
      leftOut: [16],
      replicates: 1,
      patch: [4, 4],
      atoms: "given",
    });
    expect(record.training).toEqual([]);
    expect(record.dictionaries.map(({ features, file }: Record<string, unknown>) => [features, file])).toEqual(
      sizes.map((features, i) => [features, files[i]]),
    );
    const units = readFileSync(join(cwd, "given", "items-1.ndjson"), "utf8")
      .trim()
      .split("\n");
    const kinds = units.map((line) => JSON.parse(line).kind);
    expect(new Set(kinds)).toEqual(new Set(["atoms", "sweep"]));
  });

  it("gives the numbers of --atoms random where the files hold what that draws", async () => {
    const drawn = await recordOf([
      ...[...study, "--atoms", "random", "--features", "4,6,8", "--left-out", "16", "--replicates", "1"],
      ...["--set", "patch=4x4", "--out", "random"],
    ]);
    expect(drawn.curves).toEqual(record.curves);
    expect(drawn.minima).toEqual(record.minima);
    expect(drawn.training).toEqual([]);
    expect(drawn.dictionaries[3]).toMatchObject({ features: 16, origin: "random", file: null, seed: 1 });
    const report = readFileSync(join(cwd, "random", "report.html"), "utf8");
    expect(report).toContain("Four dictionaries, not trained: every weight is drawn from a Gaussian of its own");
  });

  it("keeps copies: report, fit, predict and denoise do without the files", async () => {
    const folder = join(cwd, "given", "dictionaries");
    const copies = readdirSync(folder, { recursive: true })
      .filter((name) => String(name).endsWith(".safetensors"))
      .map((name) => decodeSafetensors(readFileSync(join(folder, String(name))), String(name)).tensors.atoms);
    for (const one of atoms) expect(copies).toContainEqual({ shape: one.shape, data: one.data });
    rmSync(join(cwd, "own"), { recursive: true });
    const before = readFileSync(join(cwd, "given", "scaling.json"), "utf8");
    await recordOf(["fit", "given"]);
    expect(readFileSync(join(cwd, "given", "scaling.json"), "utf8")).toBe(before);
    rmSync(join(cwd, "given", "report.html"));
    await recordOf(["report", "given"]);
    const report = readFileSync(join(cwd, "given", "report.html"), "utf8");
    expect(report).toContain("not trained here: 4 atoms from a.npy, 6 atoms from b.pvp");
    expect(report).not.toContain("clean images seen");
    expect((await recordOf(["predict", "given", "--features", "64"])).predictions).toHaveLength(1);
    const bytes = Uint8Array.from({ length: 20 * 20 * 3 }, (_, i) => (i * 2654435761) >>> 24);
    writeFileSync(join(cwd, "p.png"), encodePng({ height: 20, width: 20, channels: 3, bytes }));
    const wide = record.minima.findLast(({ status }: { status: string }) => status === "interior").features;
    await recordOf(["denoise", "p.png", "--study", "given", "--features", String(wide), "--sigma", "20"]);
    expect(existsSync(join(cwd, "p-denoised.png"))).toBe(true);
    expect(await refusal(["denoise", "p.png", "--study", "given", "--features", "9"])).toMatch(
      /files of 4, 6, 8, 16 atoms and none can be trained for 9|allows no prediction at 9/,
    );
  });

  it("finds what it has done by the atoms, and refuses others in the same folder", async () => {
    write("again", atoms);
    const again = await crisp(given("again", "given", "--left-out", "16"), { cwd });
    expect(again.status).toBe(0);
    const changed = { ...atoms[2], data: atoms[2].data.map((w, i) => (i === 7 ? w + 1e-6 : w)) };
    write("other", [atoms[0], atoms[1], changed, atoms[3]]);
    expect(await refusal(given("other", "given", "--left-out", "16"))).toContain("dictionaries is");
  });
});

describe("crisp run --dictionaries refuses, in the user's words,", () => {
  beforeAll(() => {
    write("own", atoms);
    const put = (name: string, one: Tensor) => writeFileSync(join(cwd, "own", name), encodeNpy(one));
    put("second.npy", randomAtoms({ ...geometry, features: 4 }, 2));
    put("patch.npy", randomAtoms({ ...geometry, features: 9, patch: [5, 4] }, 1));
    put("grey.npy", randomAtoms({ ...geometry, features: 9, channels: 1 }, 1));
    put("grey2.npy", randomAtoms({ ...geometry, features: 10, channels: 1 }, 1));
    put("grey3.npy", randomAtoms({ ...geometry, features: 11, channels: 1 }, 1));
    writeFileSync(join(cwd, "own", "text.npy"), "no array");
  });
  const call = (names: string, ...more: string[]) => [
    ...study,
    "--dictionaries",
    names
      .split(" ")
      .map((name) => `own/${name}`)
      .join(","),
    "--dry-run",
    ...more,
  ];

  it.each([
    ["too few sizes", call("a.npy b.pvp"), /--dictionaries: features is 4,6; it must be at least three/],
    ["a missing file", call("a.npy b.pvp none.npy"), /own\/none\.npy cannot be read/],
    ["a file of text", call("a.npy b.pvp text.npy"), /own\/text\.npy is not an \.npy file/],
    ["another patch", call("a.npy b.pvp c.npz patch.npy"), /a\.npy has atoms of 4×4×3 .*own\/patch\.npy of 5×4×3/],
    ["uneven replicates", call("a.npy second.npy b.pvp c.npz"), /of 4 atoms come in 2 files, those of 6 in 1 file/],
    ["a file twice", call("a.npy b.pvp c.npz a.npy"), /holds the same atoms as own\/a\.npy/],
    [
      "sizes named elsewhere",
      call("a.npy b.pvp c.npz", "--features", "4,5,6"),
      /--features: features is .* Leave it out/,
    ],
    [
      "a size left out that is not a file's",
      call("a.npy b.pvp c.npz", "--left-out", "7"),
      /leftOut has 7; .*4, 6, 8 atoms/,
    ],
    ["atoms=given alone", [...study, "--set", "atoms=given"], /--set: atoms is set to given, but no files are named/],
    ["a training", ["train", "--features", "8", "--set", "atoms=random"], /crisp train learns them/],
  ])("%s", async (_, words, message) => {
    expect(await refusal(words)).toMatch(message);
  });

  it("channels that the images do not have", async () => {
    const words = call("grey.npy grey2.npy grey3.npy", "--out", "grey").filter((word) => word !== "--dry-run");
    expect(await refusal(words)).toMatch(/grey\.npy have 1 channel, the images of arrays 3/);
  });
});
