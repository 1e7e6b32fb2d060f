/** `crisp watch` and `crisp run --watch`: a real server on a real study, its page in a real browser. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { found, type Opened, openPage } from "../browser/page.js";
import { type Measured, measure, seriousBarriers } from "../report/measure.js";
import { landing } from "./landing.js";
import { crisp, emptyFolder, type Started, start } from "./process.js";

const cwd = emptyFolder();
const choices =
  "--preset tiny --data leaves --features 4,8,16 --left-out 24 --set trainingImages=160 --set testImages=60 --set learning.images=64 --set learning.heldOut=64 --workers 2".split(
    " ",
  );
let number = 0;

type Answer = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> };

/** One request as it stands: no path is tidied, and any Host may be named. */
function ask(
  address: string,
  of: { method?: string; path?: string; headers?: Record<string, string>; until?: RegExp },
) {
  const { port } = new URL(address);
  return new Promise<Answer>((done, fail) => {
    const { method = "GET", path = "/", headers = {}, until } = of;
    const asked = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let body = "";
      const finish = () => done({ status: response.statusCode!, body, headers: response.headers });
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
        if (!until?.test(body)) return;
        asked.destroy();
        finish();
      });
      response.on("end", finish).on("error", () => {});
    });
    asked.on("error", fail).end();
  });
}

/** The last revision of a stream, and the names of the parts of its last message. */
function lastMessage(body: string) {
  const messages = [...body.matchAll(/^id: (\S+)\nevent: parts\ndata: (.*)\n\n/gm)];
  const [, id, data] = messages.at(-1)!;
  return { id, parts: JSON.parse(data) as Record<string, string> };
}

describe.skipIf(!found)("a study live in the browser", () => {
  const finished = join(cwd, "finished");
  const open: Started[] = [];
  let opened: Opened;
  let axe = "";

  /** A server of a study, and its address. */
  async function watch(study: string): Promise<{ address: string; started: Started }> {
    const started = start(["watch", study, "--json"], { cwd });
    open.push(started);
    await started.said("Ctrl-C ends it");
    return { address: JSON.parse(started.printed()).address, started };
  }
  /** Leaves the page first, whose script would seek its server. */
  async function end(started: Started): Promise<number | null> {
    await opened.page.goto("about:blank");
    started.kill("SIGINT");
    return (await started.finished).status;
  }
  const progress = () => opened.page.locator(".progress").textContent();
  const says = (words: RegExp) => opened.page.locator(".page").getByText(words).first().waitFor({ timeout: 240_000 });

  beforeAll(async () => {
    const { status, stderr } = await crisp(["run", ...choices, "--out", finished], { cwd });
    expect(status, stderr).toBe(0);
    axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    opened = await openPage(/^http:\/\/127\.0\.0\.1:\d+\/(events.*)?$|^(data|about):/);
  });
  afterAll(async () => {
    await opened?.close();
    for (const started of open) started.kill("SIGKILL");
  });

  test("as items land, the page changes by itself: progress, curves, minima, at last the report", async () => {
    const study = landing(finished, join(cwd, `live-${number++}`));
    const { address, started } = await watch(study.folder);
    opened.trouble.length = 0;
    await opened.page.goto(address);
    await opened.page.evaluate("globalThis.same = true");
    await says(/^0 of about \d+ items/);
    expect(await opened.page.locator("h1").textContent()).toBe("No minimum yet: the dictionaries are learning.");

    study.land(6);
    await says(/^6 of about \d+ items, about .* left/);
    await says(/ of four dictionaries (has|have) learned|Every dictionary has learned/);
    const before = await opened.page.locator("main svg.fig").first().innerHTML();

    study.land(study.items - 8);
    await says(new RegExp(`^${study.items - 2} of about \\d+ items`));
    await opened.page
      .locator("h1")
      .getByText(/best sparsity/)
      .waitFor({ timeout: 60_000 });
    expect(await opened.page.locator("main svg.fig").first().innerHTML()).not.toBe(before);
    expect(await opened.page.locator("main svg.fig .bar").count()).toBeGreaterThan(10);

    study.finish();
    await says(/^Finished: \d+ items\.$/);
    const report = readFileSync(join(finished, "report.html"), "utf8");
    const headline = /<h1>(.*?)<\/h1>/.exec(report)![1];
    await expect.poll(() => opened.page.locator("h1").innerHTML(), { timeout: 30_000 }).toBe(headline);
    expect(await opened.page.evaluate("globalThis.same")).toBe(true);
    expect(await opened.page.title()).toMatch(/^Finished: \d+ items\. Crisp, /);
    expect(opened.trouble).toEqual([]);
    started.kill("SIGINT");
    expect((await started.finished).status).toBe(0);
    await says(/No connection/);
  });

  test("who comes back is sent exactly what changed since; who saw another server, everything", async () => {
    const study = landing(finished, join(cwd, `live-${number++}`));
    study.land(4);
    const { address, started } = await watch(study.folder);
    const first = lastMessage((await ask(address, { path: "/events", until: /event: parts\ndata: .*\n\n/ })).body);
    expect(Object.keys(first.parts)).toEqual(expect.arrayContaining(["progress", "opening", "section1", "footer"]));
    study.land(1);
    const since = { path: "/events", headers: { "last-event-id": first.id } };
    const next = lastMessage((await ask(address, { ...since, until: /5 of about \d+ items[\s\S]*\n\n/ })).body);
    expect(next.id).not.toBe(first.id);
    expect(Object.keys(next.parts)).toContain("progress");
    expect(Object.keys(next.parts)).not.toContain("footer");
    const other = { path: "/events", headers: { "last-event-id": "00000000-3" } };
    const all = lastMessage((await ask(address, { ...other, until: /event: parts\ndata: .*\n\n/ })).body);
    expect(Object.keys(all.parts).sort()).toEqual(Object.keys(first.parts).sort());
    expect(await end(started)).toBe(0);
  });

  test("only this machine's names, only GET, only the page", async () => {
    const { address, started } = await watch(finished);
    const { host, port } = new URL(address);
    expect(address).toBe(`http://127.0.0.1:${port}/`);
    expect((await ask(address, {})).status).toBe(200);
    expect((await ask(address, { headers: { host: `localhost:${port}` } })).status).toBe(200);
    for (const name of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1.evil.example:${port}`])
      expect([name, (await ask(address, { headers: { host: name } })).status]).toEqual([name, 403]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
      expect([method, (await ask(address, { method })).status]).toEqual([method, 405]);
    for (const path of [
      "/manifest.json",
      "/../manifest.json",
      "/%2e%2e/manifest.json",
      "//etc/passwd",
      "/events/..%2f..",
    ])
      expect([path, (await ask(address, { path })).status]).toEqual([path, 404]);
    const { headers } = await ask(address, { headers: { host } });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(await end(started)).toBe(0);
  });

  test("a damaged result and a moved folder are said, and the page goes on when they are mended", async () => {
    const study = landing(finished, join(cwd, `live-${number++}`));
    study.land(3);
    const { address, started } = await watch(study.folder);
    await opened.page.goto(address);
    await says(/^3 of about \d+ items/);
    const moved = `${study.folder}-moved`;
    renameSync(study.folder, moved);
    await says(/is no longer the folder|moved or removed/);
    expect(await opened.page.locator("h1").count()).toBe(1);
    renameSync(moved, study.folder);
    study.land(1);
    await says(/^4 of about \d+ items/);
    await expect.poll(() => opened.page.locator(".alarm").count()).toBe(0);

    const results = join(study.folder, "results");
    const before = new Set(readdirSync(results, { recursive: true, encoding: "utf8" }));
    study.land(1);
    const name = readdirSync(results, { recursive: true, encoding: "utf8" }).find(
      (one) => one.endsWith(".json") && !before.has(one),
    )!;
    const sound = readFileSync(join(results, name));
    writeFileSync(join(results, name), sound.subarray(0, 40));
    await says(/does not match its own checksum/);
    writeFileSync(join(results, name), sound);
    await says(/^5 of about \d+ items/);
    await expect.poll(() => opened.page.locator(".alarm").count()).toBe(0);
    expect(await end(started)).toBe(0);
  });

  test.each([
    [1280, "light"],
    [1280, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const)("at %i px, %s: nothing overflows, no labels meet, no serious barrier", async (width, scheme) => {
    const study = landing(finished, join(cwd, `live-${number++}`));
    study.land(study.items - 4);
    const { address, started } = await watch(study.folder);
    opened.trouble.length = 0;
    await opened.page.emulateMedia({ colorScheme: scheme });
    await opened.page.setViewportSize({ width, height: 900 });
    await opened.page.goto(address);
    await opened.page
      .locator("h1")
      .getByText(/best sparsity/)
      .waitFor({ timeout: 60_000 });
    await opened.page.evaluate("document.fonts.ready.then(() => true)");
    const { overflow, meeting, small } = await opened.page.evaluate<Measured>(measure);
    expect({ overflow, meeting, small }).toEqual({ overflow: 0, meeting: [], small: [] });
    await opened.page.evaluate(axe);
    expect(await opened.page.evaluate(seriousBarriers)).toEqual([]);
    expect(opened.trouble).toEqual([]);
    expect(await end(started)).toBe(0);
  });

  test("what is open stays open, and the focus stays, when a part is put in anew", async () => {
    const study = landing(finished, join(cwd, `live-${number++}`));
    study.land(8);
    const { address, started } = await watch(study.folder);
    await opened.page.goto(address);
    await says(/^8 of about \d+ items/);
    const summary = opened.page.locator("summary").first();
    await summary.click();
    study.land(1);
    await says(/^9 of about \d+ items/);
    expect(await opened.page.locator("details").first().getAttribute("open")).not.toBeNull();
    expect(await opened.page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
    expect(await end(started)).toBe(0);
  });

  test("crisp run --watch says where, shows the study to its end, and ends itself", async () => {
    const run = start(["run", ...choices, "--out", join(cwd, "running"), "--watch"], { cwd });
    open.push(run);
    const address = await run.said("The study live: ").then(() => /http:\S+/.exec(run.complained())![0]);
    await opened.page.goto(address);
    await says(/^Finished: \d+ items\.$/);
    await says(/The run has ended; this page stays as it is/);
    expect((await run.finished).status).toBe(0);
    expect(await progress()).toContain("Finished");
  });

  test("crisp run --watch that is killed leaves no server behind", async () => {
    const run = start(["run", ...choices, "--out", join(cwd, "killed"), "--watch"], { cwd });
    const address = await run.said("The study live: ").then(() => /http:\S+/.exec(run.complained())![0]);
    run.kill("SIGKILL");
    await run.finished; // once all that write to its stderr are gone, the server too
    await expect(ask(address, {})).rejects.toThrow("ECONNREFUSED");
  });
});

test("a folder without a study and a port out of range are refused", async () => {
  const none = await crisp(["watch", "nowhere"], { cwd });
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("holds no study")]);
  mkdirSync(join(cwd, "empty"));
  expect((await crisp(["watch", "empty"], { cwd })).status).toBe(2);
  const port = await crisp(["watch", "nowhere", "--port", "70000"], { cwd });
  expect([port.status, port.stderr]).toEqual([2, expect.stringContaining("--port")]);
});
