// Bounded work: results in their order whatever order they come in, few under way, a failure ends it.
import { expect, test } from "vitest";
import { runLanes } from "../../src/work/lanes.js";

const turn = () => new Promise((go) => setImmediate(go));

test("takes results in their order, one at a time, and lets no work run further ahead than it may", async () => {
  const taken: number[] = [];
  let [inside, ahead] = [0, 0];
  await runLanes(60, {
    lanes: 6,
    ahead: 4,
    async work(index) {
      ahead = Math.max(ahead, index - taken.length);
      for (let wait = (index * 7) % 5; wait > 0; wait--) await turn();
      return `image ${index}`;
    },
    async take(value, index) {
      expect(++inside).toBe(1);
      await turn();
      inside--;
      expect(value).toBe(`image ${index}`);
      taken.push(index);
    },
  });
  expect(taken).toEqual(Array.from({ length: 60 }, (_, i) => i));
  expect(ahead).toBeLessThan(4); // number 4 begins when number 0 is taken
});

test("as many pieces as lanes are under way, and every one is done once", async () => {
  const done: number[] = [];
  let [under, most] = [0, 0];
  await runLanes(20, {
    lanes: 3,
    async work(index) {
      most = Math.max(most, ++under);
      await turn();
      under--;
      done.push(index);
    },
  });
  expect(most).toBe(3);
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("a failure of work or of taking stops the beginning of more, waits for the rest, and is thrown", async () => {
  const begun: number[] = [];
  let ended = 0;
  const failing = runLanes(100, {
    lanes: 3,
    ahead: 3,
    async work(index) {
      begun.push(index);
      for (let wait = index === 4 ? 1 : 4; wait > 0; wait--) await turn();
      ended++;
      if (index === 4) throw new Error("image 4 is damaged");
    },
  });
  await expect(failing).rejects.toThrow("image 4 is damaged");
  expect(begun.length).toBeLessThan(10);
  expect(ended).toBe(begun.length);
  const full = runLanes(100, { lanes: 2, ahead: 2, work: turn, take: () => Promise.reject(new Error("disk full")) });
  await expect(full).rejects.toThrow("disk full");
});
