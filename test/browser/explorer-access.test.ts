/** The explorer for everyone: keys, screen readers, all widths and themes, paper, forced colours. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { type Measured, measure, seriousBarriers } from "../report/measure.js";
import { address, explorer } from "./explorer.js";
import { found } from "./page.js";

describe.skipIf(!found)("the explorer for everyone", () => {
  const { opened, text, open, changed } = explorer();

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
});
