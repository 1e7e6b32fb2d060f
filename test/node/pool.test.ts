// A worker thread that runs out of memory: its task fails in words, and another thread does the tasks that wait.
import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { openPool } from "../../src/node/pool.js";
import { barImages } from "../study/fixtures.js";

const { height, width, channels } = barImages(1);
const geometry = { height, width, channels, features: 1, patch: [1, 1], stride: [1, 1], boundary: "crop" } as const;
const held = { id: "any", dictionary: { geometry, atoms: tensor([1, 1, 1, 1], new Float32Array([1])) } };
/** A task that no worker knows: its answer is the worker's own word. */
const unknown = { kind: "none", run: () => Promise.resolve() };

test("a thread that runs out of memory fails its task only", async () => {
  // MB of heap for threads that start now: enough to start, not for the first input.
  setFlagsFromString("--max-old-space-size=40");
  const pool = await openPool(1);
  setFlagsFromString("--max-old-space-size=2048");
  try {
    const tooLarge = Array.from({ length: 1_200_000 }, (_, n) => ({ n }));
    const ends = await Promise.allSettled([pool.run(unknown, held, tooLarge), pool.run(unknown, held, 1)]);
    const messages = ends.map((end) => end.status === "rejected" && String(end.reason.message));
    expect(messages).toEqual([
      expect.stringMatching(/^a worker thread ran out of memory.*fewer --workers\.$/),
      expect.stringMatching(/^no task is called none/),
    ]);
  } finally {
    await pool.close();
  }
});
