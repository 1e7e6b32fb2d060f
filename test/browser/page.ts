/** Pages in a real Chromium, on file:// and over http, with what went wrong in them. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is a browser; without one the tests of a page are passed over. */
export const found = existsSync(chromiumPath);
if (!found) console.warn(`SKIPPED: tests in a browser (${chromiumPath} is absent; set CHROMIUM to another path)`);

const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export type Opened = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the console, uncaught ones, and requests to anywhere but `allowed`. */
  readonly trouble: string[];
  close(): Promise<void>;
};

/** A page of a browser of its own. */
export async function openPage(allowed: RegExp, more: readonly string[] = []): Promise<Opened> {
  const profile = mkdtempSync(join(tmpdir(), "crisp-page-"));
  const args = [...flags.split(" "), ...more];
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath, args });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("request", (request) => {
    if (!allowed.test(request.url())) trouble.push(`asked for ${request.url()}`);
  });
  async function close() {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
  return { page, context, trouble, close };
}

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** A static server of a folder, as any web host is one. */
export async function serveFolder(folder: string): Promise<{ readonly address: string; readonly server: Server }> {
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, url);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response
      .writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
