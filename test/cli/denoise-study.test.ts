// A study's network at its critical point: a size that was swept, and one that was not.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const study = ["--preset", "tiny", "--features", "8,12,16", "--left-out", "24", "--seed", "7"];
const short = ["--training-images", "128", "--test-images", "60"];
const less = ["--set", "learning.images=256", "--set", "learning.heldOut=32"];

async function result(...words: string[]) {
  const { status, stdout, stderr } = await crisp([...words, "--json"], { cwd });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

let record: { minima: { features: number; lambda: { value: number } | null }[] };
beforeAll(async () => {
  record = await result("run", ...study, ...short, ...less, "--out", "study");
  const size = { height: 40, width: 40, channels: 3 } as const;
  const clean = leavesPicture({ seed: 3, ...size }, "test", 0);
  const draw = draws({ seed: 3, purpose: purpose.test }, 0);
  const noisy = clean.map((value) => Math.max(0, Math.min(255, Math.round(value + 30 * draw.gaussian()))));
  writeFileSync(join(cwd, "clean.png"), encodePng({ ...size, bytes: clean }));
  writeFileSync(join(cwd, "noisy.png"), encodePng({ ...size, bytes: noisy }));
});

const call = ["denoise", "noisy.png", "--sigma", "30", "--reference", "clean.png", "--study", "study"];

test("a size that was swept is operated at the λ of its least error", async () => {
  const { point, network, pictures } = await result(...call, "--features", "16");
  const measured = record.minima.find(({ features }) => features === 16)!.lambda!.value;
  expect(point).toEqual({ features: 16, lambda: measured, sigma: 0.5, source: "measured" });
  expect(network.features).toBe(16);
  expect(pictures[0].after.psnr).toBeGreaterThan(pictures[0].before.psnr + 2);
});

test("a size that was not swept is said to be trained, not the study to go on; one too small is refused with what to do", async () => {
  const text = await crisp([...call, "--features", "18", "--quality", "fast", "--lambda", "0.6", "--out", "t.png"], {
    cwd,
  });
  expect(text.stderr).toContain("No measured λ for 18 features: the network is trained if it is missing");
  expect(text.stderr).not.toContain("Going on");
  expect(text.stdout).toMatch(
    /The study's network of 18 features .* \(predicted\); λ above was chosen otherwise \(--lambda\)\./,
  );
  const small = await crisp([...call, "--features", "1"], { cwd });
  expect(small.status).toBe(5);
  expect(small.stderr).toContain("with 1 features. Run a study whose sweep.smallest is lower.");
});

test("a size that was not is trained and kept; its λ lies near those of its neighbours; again, the same", async () => {
  const before = readFileSync(join(cwd, "study/scaling.json"), "utf8");
  const first = await result(...call, "--features", "20", "--out", "first.png");
  expect(first.point.source).toBe("predicted");
  const known = record.minima.flatMap(({ lambda }) => (lambda ? [lambda.value] : []));
  expect(first.point.lambda).toBeGreaterThan(Math.min(...known) / 1.5);
  expect(first.point.lambda).toBeLessThan(Math.max(...known) * 1.5);
  expect(first.pictures[0].after.psnr).toBeGreaterThan(first.pictures[0].before.psnr + 2);
  const second = await result(...call, "--features", "20", "--out", "second.png");
  expect(second.point).toEqual(first.point);
  expect(readFileSync(join(cwd, "second.png"))).toEqual(readFileSync(join(cwd, "first.png")));
  expect(readFileSync(join(cwd, "study/scaling.json"), "utf8")).toBe(before);
});
