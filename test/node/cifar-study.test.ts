// The main job, end to end, on real CIFAR-10 images where a copy lies beside the project.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { StudyRecord } from "../../src/study/record.js";
import { crisp, emptyFolder } from "../cli/process.js";

const from = resolve(import.meta.dirname, "../../../shared/cifar-10-batches-bin");
const there = existsSync(from);
if (!there) console.warn(`SKIPPED: no CIFAR-10 in ${from}; the study on real images is not run.`);

test.skipIf(!there)(
  "on CIFAR-10 every size has an interior minimum, and the left-out one is predicted",
  async () => {
    const words = ["run", "--preset", "tiny", "--data", "cifar10", "--from", from, "--out", "study", "--json"];
    const { status, stdout, stderr } = await crisp(words, { cwd: emptyFolder() });
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("Krizhevsky (2009)");
    const record: StudyRecord = JSON.parse(stdout);
    expect(record.minima.map(({ status: of }) => of)).toEqual(new Array(5).fill("interior"));
    expect(record.certificate).toMatchObject({ unconverged: 0, tolerance: 0.03 });
    // Laws of every run on natural images, not numbers of one: more features, fewer of them active, at a larger λ.
    const active = record.minima.map(({ percentActive }) => percentActive!.value);
    const lambda = record.minima.map(({ lambda: of }) => of!.value);
    expect(active).toEqual([...active].sort((a, b) => b - a));
    expect(lambda).toEqual([...lambda].sort((a, b) => a - b));
    for (const { value } of record.minima) expect(value!.value).toBeLessThan(50); // the noisy image itself
    const { percentActive, cost } = record.prediction!;
    expect(percentActive.predicted!.low).toBeLessThan(percentActive.measured!.value);
    expect(percentActive.predicted!.high).toBeGreaterThan(percentActive.measured!.value);
    expect(cost.predicted).toBeLessThan(1);
  },
  240_000,
);
