/** The explorer in a real browser: each control, the command's numbers, offline, for everyone, and what goes wrong. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { estimateText, valueText, whole } from "../../src/report/numbers.js";
import type { StudyRecord } from "../../src/study/record.js";
import { crisp } from "../cli/process.js";
import { type Measured, measure, seriousBarriers } from "../report/measure.js";
import { moveOften, openMemory } from "./memory.js";
import { found, type Opened, openPage, serveFolder } from "./page.js";

/** 12×12 pixels, two frames. */
const movingGif =
  "R0lGODlhDAAMAIEAAAAAAP8AAAD/AAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAADAAMAAAIJwABDBAQQCBBgwUHJjyoEKHDhhAZSlxI8eFEixUjZryoEaPHjhoDAgAh+QQBCgAEACwAAAAADAAMAIEAAAD/AAAA/wAAAP8IJwADCBgAQCBBgwUHJjyoEKHDhhAZSlxI8eFEixUjZryoEaPHjhoDAgA7";

const root = resolve(import.meta.dirname, "../..");
const record = JSON.parse(readFileSync(join(root, "docs/results/cifar10-paper/scaling.json"), "utf8")) as StudyRecord;
const address = `file://${join(root, "docs/explorer.html")}`;

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
  let opened: Opened;

  beforeAll(async () => {
    opened = await openPage(/^(file|data|blob):/);
  });
  beforeEach(() => {
    opened.trouble.length = 0;
  });
  afterAll(() => opened?.close());

  const text = (id: string) => opened.page.locator(`#${id}`).innerText();

  /** Opens a page of its own at an address's end, and waits for its first picture and its curve. */
  async function open(hash = "", width = 1280, height = 900): Promise<void> {
    await opened.page.setViewportSize({ width, height });
    await opened.page.goto("about:blank");
    await opened.page.goto(address + hash);
    await measured();
  }

  /** Until the chosen curve and the coding at λ are those of the choices. */
  async function measured(): Promise<void> {
    await opened.page.waitForFunction(
      () =>
        document.querySelector("#denoised-words b") !== null &&
        !/Measuring|Loading/.test(document.querySelector("#now")?.textContent ?? "Loading"),
    );
  }

  /** Moves a slider as a hand does. */
  async function slide(id: string, to: number): Promise<void> {
    await opened.page.evaluate(
      ([name, value]) => {
        const input = document.querySelector(`#${name}`) as HTMLInputElement;
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      },
      [id, String(to)],
    );
    await opened.page.waitForTimeout(50);
    await measured();
  }

  /** Waits until a place says something else than it did. */
  async function changed(id: string, from: string): Promise<void> {
    await opened.page.waitForFunction(
      ([name, before]) => (document.querySelector(`#${name}`) as HTMLElement).innerText !== before,
      [id, from],
    );
  }

  /** The numbers of the first sentence. */
  async function shown() {
    const [, lambda, active, percentActive, percentError] =
      /λ = ([\d.]+) the code uses ([\d,]+) of [\d,]+ units \(([\d.]+)%\) and leaves ([\d.]+)% error/.exec(
        await text("now"),
      )!;
    return { lambda, active: active.replaceAll(",", ""), percentActive, percentError };
  }

  /** A page that keeps the worker that was last asked for each kind of work, `here` for the λ shown. */
  async function pageWithWorkers() {
    const page = await opened.context.newPage();
    await page.addInitScript(() => {
      const Real = Worker;
      const asked: Record<string, Worker> = {};
      Object.assign(globalThis, {
        asked,
        Worker: class extends Real {
          override postMessage(message: { ask?: { kind: string; input: { keep?: boolean } } }) {
            if (message.ask) asked[message.ask.input.keep ? "here" : message.ask.kind] = this;
            super.postMessage(message);
          }
        },
      });
    });
    return page;
  }

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

  test("the LCA settles towards the certified code, and the slider looks at its steps", async () => {
    await open("#lambda=1&features=16");
    await opened.page.click("#watch");
    await opened.page.waitForFunction(() =>
      document.querySelector("#settle-words")?.textContent?.includes("16 features."),
    );
    const after = async (at: number) => {
      await slide("steps", at);
      return Number(/([\d.]+)%/.exec(await text("lca-image-words"))![1]);
    };
    const [early, late] = [await after(5), await after(33)];
    expect(late).toBeLessThan(early);
    expect(await text("energy-title")).toContain("After 4,000 steps the energy is less than 0.001% above");
    const below = await opened.page.evaluate(() => {
      const axis = document.querySelector("#energy .axis")!.getBoundingClientRect().bottom;
      const marks = [...document.querySelectorAll("#energy .curve, #energy circle, #energy .mark")];
      return marks.filter((one) => one.getBoundingClientRect().bottom > axis + 6).length;
    });
    expect(below).toBe(0);
    expect(await opened.page.locator("#potentials svg").count()).toBe(1);
    const hiddenAgain = await opened.page.evaluate(async () => {
      const settled = document.querySelector("#settled") as HTMLElement;
      const seen: boolean[] = [];
      new MutationObserver(() => seen.push(settled.hidden !== false)).observe(settled, { attributes: true });
      (document.querySelector("#run") as HTMLElement).click();
      const started = () => /settling: [1-9]/.test(document.querySelector("#settle-words")!.textContent!);
      while (!started()) await new Promise((done) => setTimeout(done, 20));
      return seen;
    });
    expect(hiddenAgain).not.toContain(true);
    expect(opened.trouble).toEqual([]);
  });

  test("an LCA whose worker breaks down says so where it was settling, and runs again, wherever the button is hit", async () => {
    const page = await pageWithWorkers();
    await page.goto(`${address}#features=512&lambda=0.7`);
    await page.waitForFunction(() => /least with this/.test(document.querySelector("#now")?.textContent ?? ""));
    await page.click("#run");
    await page.waitForFunction(() =>
      /^λ = 0\.[67]\d*, 512 features, settling: [1-9].* steps\.$/.test(
        document.querySelector("#settle-words")?.textContent ?? "",
      ),
    );
    await page.click("#renoise");
    await page.waitForFunction(() =>
      /settling: .* steps\. The choices above have changed/.test(
        document.querySelector("#settle-words")?.textContent ?? "",
      ),
    );
    await page.evaluate(() => {
      const { asked } = globalThis as unknown as { asked: Record<string, Worker> };
      asked.lca.onerror?.(new ErrorEvent("error", { message: "out of memory" }));
    });
    await page.waitForFunction(() => /out of memory/.test(document.querySelector("#settle-words")?.textContent ?? ""));
    expect(await page.locator("#settle-words").innerText()).toMatch(/^It stopped: .* Run it again\.$/);
    await page.click("#run i");
    await page.waitForFunction(() =>
      /settling: [1-9]/.test(document.querySelector("#settle-words")?.textContent ?? ""),
    );
    expect(await page.locator("#trouble").isHidden()).toBe(true);
    await page.close();
  });

  test("the study: the exponents' buttons change the quality, a size left out comes with its measurement", async () => {
    await open();
    await opened.page.locator("#sizes").scrollIntoViewIfNeeded();
    await opened.page.waitForFunction(() => document.querySelector("#quality b") !== null);
    const quality = async (id: string) => {
      const before = await text("quality");
      await opened.page.click(`#${id}`);
      await changed("quality", before);
      return Number(/S = ([\d.,]+)/.exec(await text("quality"))![1].replace(",", ""));
    };
    const [poster, fitted, least] = [await quality("poster"), await quality("fitted"), await quality("least")];
    expect(least).toBeLessThan(fitted);
    expect(fitted).toBeLessThan(poster);
    expect(await text("best-collapse")).toContain(`The best collapse reaches S = ${least}:`);
    const { percentActive, systemSize } = record.prediction!;
    const predicted = `1,024 features, ${whole(systemSize)} units: ${estimateText(percentActive.predicted!)}% active`;
    expect(await text("expected")).toContain(predicted);
    expect(await text("expected")).toContain(`Measured: ${valueText(percentActive.measured!)}%`);
    const asked = await text("expected");
    await slide("asked", 45);
    await changed("expected", asked);
    expect(await text("expected")).toContain("only if the line holds that far");
    expect(opened.trouble).toEqual([]);
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

  test("of a study without fitted exponents the page offers none as fitted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "crisp-unfitted-"));
    const part = /(?<=id="part-study">)[^<]+/;
    const html = readFileSync(join(root, "docs/explorer.html"), "utf8");
    const study = JSON.parse(inflateRawSync(Buffer.from(part.exec(html)![0], "base64")).toString());
    const unfitted = JSON.stringify({ ...study, exponents: { ...study.exponents, nu: null, gamma: null } });
    writeFileSync(join(folder, "page.html"), html.replace(part, deflateRawSync(unfitted).toString("base64")));
    const page = await opened.context.newPage();
    await page.goto(`file://${join(folder, "page.html")}`);
    await page.locator("#sizes").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("#quality b") !== null);
    expect(await page.locator("#exponents").innerText()).not.toContain("Slopes of the optima");
    await page.close();
    rmSync(folder, { recursive: true });
  });

  test("the curve is a table, too", async () => {
    await open("#features=16");
    await opened.page.click("#curve-data summary");
    await opened.page.waitForFunction(() => document.querySelectorAll("#curve-numbers tbody tr").length > 8);
    const rows = (await text("curve-numbers")).split("\n").map((row) => row.split("\t"));
    const errors = rows.filter(([lambda]) => Number(lambda) > 0).map((row) => Number.parseFloat(row[3]));
    const least = Number(/The least with this dictionary is ([\d.]+)%/.exec(await text("now"))![1]);
    expect(Math.abs(Math.min(...errors) - least)).toBeLessThan(0.1);
  });

  test("keys alone move a slider, and its value is spoken in words", async () => {
    await open("#lambda=0.5");
    await opened.page.focus("#lambda");
    const before = await text("lambda-value");
    await opened.page.keyboard.press("ArrowRight");
    await changed("lambda-value", before);
    expect(await opened.page.getAttribute("#lambda", "aria-valuetext")).toBe(await text("lambda-value"));
    expect(Number(await text("lambda-value"))).toBeGreaterThan(Number(before));
  });

  test("screen readers hear a value from its slider alone, and of a run its beginning and its end", async () => {
    await open("#lambda=1.97&features=16");
    const live = await opened.page.evaluate(() =>
      [...document.querySelectorAll("output")].filter((one) => one.getAttribute("aria-live") !== "off"),
    );
    expect(live).toEqual([]);
    const spoken = await opened.page.evaluate(async () => {
      const words = document.querySelector("#settle-words")!;
      const all: string[] = [];
      const seen = new MutationObserver(() => {
        if (words.ariaLive === "polite") all.push(words.textContent!);
      });
      seen.observe(words, { childList: true });
      (document.querySelector("#run") as HTMLElement).click();
      while (!words.textContent!.includes("16 features.")) await new Promise((done) => setTimeout(done, 50));
      return all;
    });
    expect(spoken).toEqual(["λ = 1.97, 16 features, settling: 0 of 4,000 steps.", "λ = 1.97, 16 features."]);
  });

  test("screen readers are told of the result, however late it comes", async () => {
    const page = await opened.context.newPage();
    await page.addInitScript(() => {
      const Real = Worker;
      globalThis.Worker = class extends Real {
        override set onmessage(hear: (event: MessageEvent) => void) {
          super.onmessage = (event) => setTimeout(() => hear(event), 900);
        }
      };
    });
    await page.goto(`${address}#features=16`);
    const told = (lambda: string) =>
      page.waitForFunction((wanted) => {
        const [said, now] = ["said", "now"].map((id) => document.querySelector(`#${id}`)!.textContent!);
        return said === now && now.startsWith(`At λ = ${wanted} `) && now.includes("The least with this dictionary is");
      }, lambda);
    await told("0.246");
    await page.focus("#lambda");
    await page.keyboard.press("ArrowRight");
    await told("0.254");
    await page.close();
  });

  test.each([
    [1280, "light"],
    [768, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const)(
    "at %d px, %s: nothing overflows, labels do not meet, no serious barrier, targets of 44 px",
    async (width, scheme) => {
      const { page } = opened;
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await open("", width);
      await page.locator("#sizes").scrollIntoViewIfNeeded();
      await page.waitForFunction(() => document.querySelector("#quality b") !== null);
      const { overflow, meeting, covering, outside } = (await page.evaluate(measure)) as Measured;
      expect(overflow).toBe(0);
      expect({ meeting, covering, outside }).toEqual({ meeting: [], covering: [], outside: [] });
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      expect(await page.evaluate(seriousBarriers)).toEqual([]);
      const low = await page.evaluate(() =>
        [...document.querySelectorAll("button, input[type=range], .choice")]
          .filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().height < 44)
          .map((one) => one.outerHTML.slice(0, 80)),
      );
      expect(low).toEqual([]);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
    },
  );

  test.each([
    [320, 2],
    [344, 2],
    [744, 5],
    [930, 5],
    [944, 5],
    [1128, 5],
  ])(
    "at %d px the pictures stand %d in a row, names apart from their values, and nothing overflows",
    async (width, across) => {
      await open("#features=128", width);
      const found = await opened.page.evaluate(() => {
        const tops = [...document.querySelectorAll(".first .frame")].map((one) => one.getBoundingClientRect().top);
        const row = tops.filter((top) => top === Math.min(...tops)).length;
        const near = [...document.querySelectorAll(".controls .named")].filter((one) => {
          const [name, value] = [...one.children].map((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return range.getBoundingClientRect();
          });
          return value.left - name.right < 8 || value.height > name.height; // closer than two words, or in two lines
        });
        const overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        return { row, near: near.map((one) => one.textContent), overflow };
      });
      expect(found).toEqual({ row: across, near: [], overflow: 0 });
    },
  );

  test("printed at once it is whole: figures of a column's width, type of at least 7 pt, nothing wider than A4", async () => {
    const { page } = opened;
    await open("", 1280, 300); // so low that the study has not come near
    expect(await page.locator("#optima svg").count()).toBe(0);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.waitForFunction(() => document.querySelector("#optima svg") !== null);
    const widths = await page.evaluate(() =>
      [...document.querySelectorAll(".plot svg")].map((one) => one.getAttribute("width")),
    );
    await page.setViewportSize({ width: 673, height: 900 }); // 178 mm at 96 px to the inch
    const { overflow, meeting, covering, outside, least } = (await page.evaluate(measure)) as Measured;
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ media: "screen", colorScheme: "light" });
    expect(widths).toEqual(["368", "368", "368", "368", "368"]);
    expect({ overflow, meeting, covering, outside, paper }).toEqual({
      overflow: 0,
      meeting: [],
      covering: [],
      outside: [],
      paper: "rgb(255, 255, 255)",
    });
    expect(least * 0.75).toBeGreaterThanOrEqual(7);
  });

  test("in forced colours every label and mark of a figure has a colour of the system", async () => {
    const { page } = opened;
    await page.emulateMedia({ forcedColors: "active" });
    await open();
    await page.locator("#sizes").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("#quality b") !== null);
    const found = await page.evaluate(() => {
      const probe = document.createElement("i");
      probe.style.cssText = "forced-color-adjust:none";
      document.body.append(probe);
      const system = ["Canvas", "CanvasText", "Highlight", "LinkText", "ButtonText", "GrayText"].map((name) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      });
      const used = [...document.querySelectorAll(".fig *")].flatMap((one) => {
        const { fill, stroke } = getComputedStyle(one);
        return [fill, stroke].filter((colour) => colour !== "none");
      });
      return [...new Set(used)].filter((colour) => !system.includes(colour));
    });
    expect(found).toEqual([]);
    await page.emulateMedia({ forcedColors: null });
  });

  describe("a picture of one's own", () => {
    const drawn = (width: number, height: number) => {
      const bytes = leavesPicture({ seed: 9, width, height, channels: 3 }, "test", 0);
      return Buffer.from(encodePng({ width, height, channels: 3, bytes }));
    };
    const take = async (name: string, mimeType: string, buffer: Buffer) => {
      const before = await text("own-words");
      await opened.page.setInputFiles("#file", { name, mimeType, buffer });
      await changed("own-words", before);
      return text("own-words");
    };

    /** Pastes as a browser does, onto what has the focus, one after the other at once: pictures, or text. */
    const paste = (...all: readonly { readonly png?: Buffer; readonly words?: string }[]) =>
      opened.page.evaluate(
        (given) => {
          for (const { png, words } of given) {
            const clipboardData = new DataTransfer();
            if (words !== undefined) clipboardData.setData("text/plain", words);
            if (png !== undefined) {
              const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
              clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
            }
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            (document.activeElement ?? document.body).dispatchEvent(event);
          }
        },
        all.map(({ png, words }) => ({ png: png?.toString("base64"), words })),
      );

    test("of any shape is cut and scaled, which is said; saved, it gives the command's number", async () => {
      await open("#lambda=0.6");
      const before = await text("now");
      expect(await take("wide.png", "image/png", drawn(130, 70))).toContain(
        "130×70 pixels, its middle 70×70, scaled to 64×64",
      );
      await changed("now", before);
      await measured();
      const numbers = await shown();
      const [download] = await Promise.all([opened.page.waitForEvent("download"), opened.page.click("#save")]);
      const folder = mkdtempSync(join(tmpdir(), "crisp-own-"));
      await download.saveAs(join(folder, "crisp-picture.png"));
      const [first, command] = (await text("command")).split("\n");
      expect(first).toBe("# First “Save it as PNG” into the repository’s folder, as crisp-picture.png.");
      await opened.page.click("#copy");
      await opened.page.waitForFunction(() => /PNG/.test(document.querySelector("#copied")?.textContent ?? ""));
      const words = command.split(" ").slice(5);
      words[words.indexOf("--dictionary") + 1] = join(root, "docs/explorer/atoms-128.npy");
      const { stdout } = await crisp(words, { cwd: folder });
      const [coded] = JSON.parse(stdout).images[0].lambdas;
      expect([String(coded.active), coded.percentError.toFixed(2)]).toEqual([numbers.active, numbers.percentError]);
      rmSync(folder, { recursive: true });
    });

    test("is drawn at a whole-number scale, however wide its place is", async () => {
      await open("#features=16", 360);
      await take("own.png", "image/png", drawn(64, 64));
      await opened.page.waitForFunction(() => (document.querySelector("#clean") as HTMLCanvasElement).width === 128);
      const shot = await opened.page.locator("#clean").screenshot();
      const { picture } = decodePicture(shot, "clean.png"); // 160 px wide, of which twice 64 are drawn on
      const at = (x: number, y: number) => [...picture.bytes.subarray(3 * (y * picture.width + x)).subarray(0, 3)];
      expect([picture.width, picture.channels]).toEqual([160, 3]);
      for (const edge of [129, 140, 159]) expect([at(edge, 10), at(10, edge)]).toEqual(Array(2).fill([255, 255, 255]));
      for (let y = 0; y < 128; y += 2)
        for (let x = 0; x < 128; x += 2) expect([at(x + 1, y), at(x, y + 1)]).toEqual([at(x, y), at(x, y)]);
    });

    test("is coded anew for each that is taken", async () => {
      await open("#features=16");
      const numbers = [];
      for (const [width, height] of [
        [12, 12],
        [14, 14],
      ]) {
        const before = await text("now");
        await take("own.png", "image/png", drawn(width, height));
        await changed("now", before);
        await measured();
        numbers.push([await text("now"), await text("coding")]);
      }
      expect(numbers[0][0]).not.toBe(numbers[1][0]);
      expect(numbers.map(([, coding]) => coding)).toEqual(["", ""]);
      expect(opened.trouble).toEqual([]);
    });

    test("that cannot be used is refused in words, and the page goes on", async () => {
      await open();
      expect(await take("one.png", "image/png", drawn(1, 1))).toContain("it is 1×1 pixels; an atom needs 8×8");
      expect(await take("words.png", "image/png", Buffer.from("no picture"))).toContain("cannot read it as a picture");
      const line = await opened.page.evaluate(() => getComputedStyle(document.querySelector("#own-words")!).borderLeft);
      expect(line).toBe("2px solid rgb(26, 26, 26)"); // ink
      const cut = drawn(40, 40).subarray(0, 400);
      expect(await take("cut.png", "image/png", cut)).toContain("it is cut off");
      const flat = encodePng({ width: 9, height: 9, channels: 3, bytes: new Uint8Array(243).fill(80) });
      expect(await take("flat.png", "image/png", Buffer.from(flat))).toContain("all its pixels are equal");
      const huge = encodePng({ width: 8000, height: 8000, channels: 1, bytes: new Uint8Array(64e6) });
      expect(await take("huge.png", "image/png", Buffer.from(huge))).toContain(
        "it has 8,000×8,000 pixels; up to 50 million",
      );
      const clear = Uint8Array.from({ length: 20 * 20 * 4 }, (_, i) => (i % 4 === 3 ? (i % 8) * 20 : i % 256));
      const seen = encodePng({ width: 20, height: 20, channels: 4, bytes: clear });
      expect(await take("clear.png", "image/png", Buffer.from(seen))).toContain("on white where it is transparent");
      await slide("lambda", 60);
      expect(opened.trouble).toEqual([]);
    });

    test("may be pasted as a PNG from the clipboard; pasted words change nothing", async () => {
      await open("#lambda=0.6");
      const before = await text("now");
      await paste({ words: "no picture" });
      await opened.page.focus("#lambda");
      await paste({ png: drawn(24, 20) });
      await changed("now", before);
      await measured();
      expect(await text("own-words")).toBe("24×20 pixels, its middle 20×20");
      expect(await opened.page.locator("#own-choice input").isChecked()).toBe(true);
      const pixels = await opened.page.evaluate(() => {
        const { width, height } = document.querySelector("#thumb-own") as HTMLCanvasElement;
        return [width, height];
      });
      expect(pixels).toEqual([20, 20]);
      await paste({ words: "no picture" });
      expect(await text("own-words")).toBe("24×20 pixels, its middle 20×20");
      expect(opened.trouble).toEqual([]);
    });

    test("has its words while it is chosen, and why one was refused stands until another is", async () => {
      await open();
      expect(await take("own.png", "image/png", drawn(12, 12))).toBe("12×12 pixels");
      expect(await opened.page.locator("#save").isVisible()).toBe(true);
      await opened.page.locator("input[value=leaves-20]").check({ force: true });
      await opened.page.waitForFunction(() => document.querySelector("#own-words")?.textContent === "");
      expect(await opened.page.locator("#save").isVisible()).toBe(false);
      expect(await take("one.png", "image/png", drawn(1, 1))).toContain("it is 1×1 pixels");
      await opened.page.locator("input[value=leaves-6]").check({ force: true });
      await opened.page.waitForFunction(() => document.querySelector("#own-words")?.textContent === "");
    });

    test("may be dropped; of one that moves the first frame is taken", async () => {
      await open("#lambda=0.6");
      const before = await text("now");
      await opened.page.evaluate((base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], "moving.gif", { type: "image/gif" }));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      }, movingGif);
      await changed("now", before);
      expect(await text("own-words")).toBe("12×12 pixels; its first frame");
      expect(opened.trouble).toEqual([]);
    });
  });

  test("a worker that breaks down is told of, and the next move starts another", async () => {
    const page = await pageWithWorkers();
    await page.goto(address);
    await page.waitForFunction(() => /least with this/.test(document.querySelector("#now")?.textContent ?? ""));
    await page.evaluate(() => {
      const { asked } = globalThis as unknown as { asked: Record<string, Worker> };
      const input = document.querySelector("#lambda") as HTMLInputElement;
      input.value = "100";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      requestAnimationFrame(() => asked.here.onerror?.(new ErrorEvent("error", { message: "out of memory" })));
    });
    await page.waitForFunction(() => !(document.querySelector("#trouble") as HTMLElement).hidden);
    expect(await page.locator("#trouble").innerText()).toContain("out of memory");
    await page.evaluate(() => {
      const input = document.querySelector("#lambda") as HTMLInputElement;
      input.value = "101";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.waitForFunction(() => (document.querySelector("#trouble") as HTMLElement).hidden);
    await page.close();
  });

  test("curves whose worker breaks down begin again with the next move", async () => {
    const page = await pageWithWorkers();
    await page.goto(`${address}#features=512`);
    await page.waitForFunction(
      () => document.querySelector("#denoised-words b") && document.querySelector("#curve .k5"),
    );
    await page.evaluate(() => {
      const { asked } = globalThis as unknown as { asked: Record<string, Worker> };
      asked.path.onerror?.(new ErrorEvent("error", { message: "out of memory" }));
    });
    await page.waitForFunction(() => !(document.querySelector("#trouble") as HTMLElement).hidden);
    await page.evaluate(() => {
      const input = document.querySelector("#lambda") as HTMLInputElement;
      input.value = "100";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.waitForFunction(
      (names) => {
        const shown = [...document.querySelectorAll("#curve text")].map((one) => one.textContent);
        return names.every((name) => shown.includes(name));
      },
      ["16", "32", "64", "128", "256", "512 features", "least error"],
    );
    expect(await page.locator("#trouble").isHidden()).toBe(true);
    await page.close();
  });

  test("without vectors the reason is said, and the study is there all the same", async () => {
    const page = await opened.context.newPage();
    await page.addInitScript(() => {
      WebAssembly.validate = () => false;
    });
    await page.goto(address);
    await page.waitForFunction(() => !(document.querySelector("#trouble") as HTMLElement).hidden);
    expect(await page.locator("#trouble").innerText()).toMatch(/^This browser's WebAssembly has no 128-bit vectors/);
    expect(await page.locator("#now").innerText()).toBe("Nothing could be coded.");
    expect(await page.locator("#atoms-title").innerText()).toBe("The atoms in use.");
    await page.locator("#sizes").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("#quality b") !== null);
    await page.close();
  });

  test("100 moves of the sliders leave nothing: less than half a picture's bytes each, in page and workers", async () => {
    const page = await opened.context.newPage();
    const memory = await openMemory(page);
    await page.goto(address);
    const moves = 100;
    await moveOften(page, moves, 50); // dictionaries unpacked, workers started
    const before = await memory.held();
    await moveOften(page, moves, 50);
    const after = await memory.held();
    expect([before.threads, after.threads]).toEqual([2, 2]);
    for (const thread of ["page", "workers"] as const)
      for (const part of ["heap", "buffers"] as const) {
        const perMove = (after[thread][part] - before[thread][part]) / moves;
        expect([thread, part, perMove < 6144, perMove]).toEqual([thread, part, true, perMove]);
      }
    // A coder of 512 features has 6 MB; which of the sizes each worker had last may differ.
    expect(after.workers.wasm - before.workers.wasm).toBeLessThan(12e6);
    await page.close();
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
