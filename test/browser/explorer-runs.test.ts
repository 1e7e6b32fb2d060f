/** The explorer's LCA and study, and what goes wrong: workers that break down, no vectors, memory. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { estimateText, valueText, whole } from "../../src/report/numbers.js";
import type { StudyRecord } from "../../src/study/record.js";
import { address, explorer, root } from "./explorer.js";
import { moveOften, openMemory } from "./memory.js";
import { found } from "./page.js";

const record = JSON.parse(readFileSync(join(root, "docs/results/cifar10-paper/scaling.json"), "utf8")) as StudyRecord;

describe.skipIf(!found)("the explorer at work", () => {
  const { opened, text, open, slide, changed, pageWithWorkers } = explorer();

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
});
