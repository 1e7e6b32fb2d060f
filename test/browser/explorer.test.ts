/** The explorer in a real browser: its first screen and each control, the command's numbers, offline. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { crisp } from "../cli/process.js";
import { explorer, root } from "./explorer.js";
import { found, openPage, serveFolder } from "./page.js";

test("docs/explorer.html and docs/explorer/ are what npm run page builds, and small enough", () => {
  const folder = mkdtempSync(join(tmpdir(), "crisp-explorer-"));
  const { stdout } = spawnSync(process.execPath, ["scripts/page.mjs", folder], { cwd: root, encoding: "utf8" });
  const names = readdirSync(join(folder, "explorer")).map((name) => `explorer/${name}`);
  expect(names.length).toBe(10);
  for (const name of ["explorer.html", ...names])
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(root, "docs", name))), name).toBe(true);
  const [, all, code] = /: ([\d.]+) kB gzipped, of it code ([\d.]+) kB/.exec(stdout)!;
  expect(Number(all)).toBeLessThan(400);
  expect(Number(code)).toBeLessThan(150);
  rmSync(folder, { recursive: true });
});

describe.skipIf(!found)("the explorer", () => {
  const { opened, text, open, measured, slide, changed, shown } = explorer();

  test("starts by itself and finds the best sparsity, without a request or an error", async () => {
    await open();
    const first = await shown();
    expect(await text("now")).toMatch(
      /The least with this dictionary is [\d.]+%, with fewer units: move λ up to 0\.\d+/,
    );
    expect(await opened.page.locator("#curve svg path").count()).toBeGreaterThan(3);
    expect(Number(first.percentError)).toBeLessThan(Number(/([\d.]+)%/.exec(await text("noisy-words"))![1]));
    expect(opened.trouble).toEqual([]);
  });

  test("more λ, fewer units; the marked λ is the best", async () => {
    await open("#lambda=0.1");
    const dense = await shown();
    await slide("lambda", 120);
    await opened.page.waitForFunction(
      (before) => !document.querySelector("#now")?.textContent?.includes(before),
      dense.lambda,
    );
    const sparse = await shown();
    expect(Number(sparse.active)).toBeLessThan(Number(dense.active));
    const best = Number(/best ([\d.]+)/.exec(await text("lambda-between"))![1]);
    await open(`#lambda=${best}`);
    expect(await text("now")).toContain("That is the least with this dictionary: the best sparsity.");
  });

  test("noise, dictionary, picture and its noise each change what is coded, and the address keeps all", async () => {
    await open("#lambda=0.5");
    const seen = [await text("noisy-words")];
    await slide("sigma", 5);
    await changed("noisy-words", seen[0]);
    seen.push(await text("noisy-words"));
    const before = await text("now");
    await slide("features", 1);
    await changed("now", before);
    expect(await text("now")).toContain("of 8,192 units");
    await opened.page.locator("input[value=leaves-20]").check({ force: true });
    await changed("noisy-words", seen[1]);
    seen.push(await text("noisy-words"));
    await opened.page.click("#renoise");
    await changed("noisy-words", seen[2]);
    await measured();
    const now = await text("now");
    const hash = new URL(opened.page.url()).hash;
    expect(hash).toBe("#picture=leaves-20&lambda=0.498&sigma=0.25&features=32&seed=2");
    await open(hash);
    expect(await text("now")).toBe(now);
    expect(opened.trouble).toEqual([]);
  });

  test.each(["", "#lambda=0.7&sigma=0.3&features=32&seed=5&picture=leaves-10", "#features=512&sigma=0&lambda=1"])(
    "the command's numbers are those shown: %s",
    async (hash) => {
      await open(hash);
      const numbers = await shown();
      const words = (await text("command")).split(" ");
      expect(words.slice(0, 4)).toEqual(["npm", "run", "-s", "crisp"]);
      const { stdout, status } = await crisp(words.slice(5), { cwd: root });
      expect(status).toBe(0);
      const [record] = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      const [coded] = (record.images ?? [record])[0].lambdas;
      expect(String(coded.active)).toBe(numbers.active);
      expect(coded.percentError.toFixed(2)).toBe(numbers.percentError);
    },
  );

  test("what is copied is the command shown; after a change it no longer says copied", async () => {
    await open("#lambda=0.5&features=64");
    await opened.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await opened.page.bringToFront();
    await opened.page.click("#copy");
    await opened.page.waitForFunction(() => document.querySelector("#copied")?.textContent === "copied");
    expect(await opened.page.evaluate(() => navigator.clipboard.readText())).toBe(await text("command"));
    await slide("lambda", 100);
    expect(await text("copied")).toBe("");
    await opened.page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    });
    await opened.page.click("#copy");
    await opened.page.waitForFunction(() => document.querySelector("#copied")?.textContent === "selected");
    expect(await opened.page.evaluate(() => String(getSelection()))).toBe(await text("command"));
  });

  test("while the noise is moved the curve keeps its marks inside the figure", async () => {
    await open("#sigma=0.05&features=16");
    const before = await text("noisy-words");
    await opened.page.evaluate(() => {
      const input = document.querySelector("#sigma") as HTMLInputElement;
      input.value = "20";
      input.dispatchEvent(new Event("input", { bubbles: true })); // the hand stays on it
    });
    await changed("noisy-words", before);
    await opened.page.waitForFunction(() => {
      const { top, bottom } = document.querySelector("#curve")!.getBoundingClientRect();
      const notes = [...document.querySelectorAll("#curve text")].filter((one) => one.textContent === "least error");
      return notes.some((one) => one.getBoundingClientRect().top > top && one.getBoundingClientRect().bottom < bottom);
    });
  });

  test("without noise there is no best sparsity, and it is said", async () => {
    await open("#sigma=0");
    expect(await text("now")).toContain("Without noise every further unit helps");
  });

  test.each([1280, 320])(
    "at %d px the tour has five steps and an end, one key walks it, its bar covers nothing",
    async (width) => {
      await open("#features=16", width);
      const inSight = (id: string) =>
        opened.page.evaluate((name) => {
          const { top, bottom } = document.querySelector(`#${name}`)!.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }, id);
      for (const step of [1, 2, 3, 4, 5]) {
        expect(await text("tour")).toContain(`${step} of 5`);
        const below = width < 900 ? [] : ["nu", "gamma", "quality"];
        const about = { 4: ["run", "settle-title", "next"], 5: [...below, "next"] }[step] ?? [];
        for (const id of about) expect([step, id, await inSight(id)]).toEqual([step, id, true]);
        const target = { 4: "#settle", 5: "#meet" }[step];
        if (target !== undefined) {
          const [bar, top] = await opened.page.evaluate((name) => {
            const [above, under] = ["#tour-bar", name].map((one) =>
              document.querySelector(one)!.getBoundingClientRect(),
            );
            return [above.bottom, under.top];
          }, target);
          expect([step, top >= bar]).toEqual([step, true]);
          expect([step, (await opened.page.locator("#tour-bar p").boundingBox())!.height < 60]).toEqual([
            step,
            width > 900,
          ]);
        }
        if (step === 1) await opened.page.focus("#next"); // from there on by the key alone
        await opened.page.keyboard.press("Enter");
        await opened.page.waitForFunction(
          (n) => !document.querySelector("#tour")?.textContent?.startsWith(`${n} of`),
          step,
        );
      }
      expect(await text("tour-bar")).toBe("Take the tour, five steps");
    },
  );

  test("the curve is a table, too", async () => {
    await open("#features=16");
    await opened.page.click("#curve-data summary");
    await opened.page.waitForFunction(() => document.querySelectorAll("#curve-numbers tbody tr").length > 8);
    const rows = (await text("curve-numbers")).split("\n").map((row) => row.split("\t"));
    const errors = rows.filter(([lambda]) => Number(lambda) > 0).map((row) => Number.parseFloat(row[3]));
    const least = Number(/The least with this dictionary is ([\d.]+)%/.exec(await text("now"))![1]);
    expect(Math.abs(Math.min(...errors) - least)).toBeLessThan(0.1);
  });

  test("from a static server it is the same", async () => {
    await open();
    const now = await text("now");
    const { address: http, server } = await serveFolder(join(root, "docs"));
    const other = await openPage(new RegExp(`^(${http}/explorer.html|data:|blob:)`));
    await other.page.goto(`${http}/explorer.html`);
    await other.page.waitForFunction(
      (wanted) => (document.querySelector("#now") as HTMLElement).innerText === wanted,
      now,
    );
    expect(other.trouble).toEqual([]);
    await other.close();
    server.close();
  });
});
