/** What all tests of the explorer share: its page in a browser of its own, and hands for its controls. */
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Opened, openPage } from "./page.js";

/** The repository. */
export const root = resolve(import.meta.dirname, "../..");
/** Where the page lies. */
export const address = `file://${join(root, "docs/explorer.html")}`;

/** Opens the browser before a file's tests and closes it after them; what tests do with the page. */
export function explorer() {
  let browser: Opened;
  const opened = {
    get page() {
      return browser.page;
    },
    get context() {
      return browser.context;
    },
    get trouble() {
      return browser.trouble;
    },
  };

  beforeAll(async () => {
    browser = await openPage(/^(file|data|blob):/);
  });
  beforeEach(() => {
    opened.trouble.length = 0;
  });
  afterAll(() => browser?.close());

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

  return { opened, text, open, measured, slide, changed, shown, pageWithWorkers };
}
