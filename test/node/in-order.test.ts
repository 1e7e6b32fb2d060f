// Results in their order whatever order they come in, and files that are whole or not there.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { growFile } from "../../src/node/files.js";
import { inOrder } from "../../src/node/in-order.js";

test("takes results in their order, one at a time, and lets no work run further ahead than the window", async () => {
  const taken: number[] = [];
  let inside = 0;
  const order = inOrder<string>(4, async (value, index) => {
    expect(++inside).toBe(1);
    await new Promise((go) => setImmediate(go));
    inside--;
    expect(value).toBe(`image ${index}`);
    taken.push(index);
  });
  let [next, ahead] = [0, 0];
  async function lane(): Promise<void> {
    while (next < 60) {
      const index = next++;
      await order.room(index);
      ahead = Math.max(ahead, index - taken.length);
      for (let wait = (index * 7) % 5; wait > 0; wait--) await new Promise((go) => setImmediate(go));
      await order.give(index, `image ${index}`);
    }
  }
  await Promise.all(Array.from({ length: 6 }, lane));
  expect(taken).toEqual(Array.from({ length: 60 }, (_, i) => i));
  expect(ahead).toBeLessThanOrEqual(4);
  const broken = inOrder(2, async () => Promise.reject(new Error("disk full")));
  await expect(broken.give(0, "image 0")).rejects.toThrow("disk full");
});

test("a growing file has its name only when it is finished, and leaves nothing when it is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "crisp-test-"));
  const path = join(folder, "deep", "steps.ndjson");
  const file = await growFile(path);
  await file.append("one\n");
  expect(existsSync(path)).toBe(false);
  await file.append("two\n");
  await file.finish();
  await file.discard();
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  const other = await growFile(path);
  await other.append("three\n");
  await other.discard();
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(readdirSync(join(folder, "deep"))).toEqual(["steps.ndjson"]);
  rmSync(folder, { recursive: true });
});
