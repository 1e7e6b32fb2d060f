/** The server of live pages: whatever is asked, it goes on; what its page says once it has ended. */
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type LiveServer, ownHosts, serveLive } from "../../src/node/live-server.js";
import { livePage } from "../../src/report/live-page.js";
import { found, openPage } from "../browser/page.js";

let server: LiveServer | undefined;
afterEach(() => server?.close(false));

/** The first line of the answer to a request for this target, as it stands. */
function statusOf(address: string, target: string): Promise<string> {
  const { port, host } = new URL(address);
  return new Promise((done, fail) => {
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    socket.once("data", (bytes) => {
      done(bytes.toString().split("\r\n")[0]);
      socket.destroy();
    });
    socket.on("error", fail);
  });
}

test("targets that no parser of addresses takes are not found, and the server goes on", async () => {
  server = await serveLive({ port: 0, page: () => "the page" });
  for (const target of ["//", "//[", "//a:99999/", "http://[/", "/%", "*", "//x/events"])
    expect([target, await statusOf(server.address, target)]).toEqual([target, "HTTP/1.1 404 Not Found"]);
  expect(await statusOf(server.address, "/?x=%")).toBe("HTTP/1.1 200 OK");
});

test("at port 80 a browser names no port, at any other it does", () => {
  expect(ownHosts(80)).toContain(new URL("http://127.0.0.1:80/").host);
  for (const port of [8080, 443])
    expect(ownHosts(port)).toEqual(["127.0.0.1", "localhost"].map((name) => new URL(`http://${name}:${port}`).host));
});

test.skipIf(!found)(
  "a page whose address another program has taken says so, and what to do; an ended run stays as it is",
  async () => {
    const origin = { version: "1", machine: "m", node: "20", date: "today", command: "crisp watch s" };
    const page = (parts: Readonly<Record<string, string>>, revision: string) =>
      livePage(parts, { name: "s", origin, fonts: [], revision });
    const opened = await openPage(/^http:\/\/127\.0\.0\.1:\d+\/(events.*)?$|^data:/);
    const says = (words: string) => opened.page.locator("#connection").getByText(words).waitFor();
    /** Opens the page; ends its server, as a run does or as a stopped command; another then answers at the same port. */
    const taken = async (last: boolean) => {
      server = await serveLive({ port: 0, page });
      server.publish({ progress: "3 of 9 items" });
      const { address } = server;
      await opened.page.goto(address);
      await opened.page.locator(".progress").getByText("3 of 9 items").waitFor();
      await server.close(last);
      server = undefined;
      const other = createServer((_, response) => response.writeHead(404).end());
      await new Promise<void>((done) => other.listen(Number(new URL(address).port), "127.0.0.1", done));
      return other;
    };
    const other = await taken(false);
    await says("Start the command again and open the address that it prints.");
    other.close();
    const later = await taken(true);
    await says("The run has ended; this page stays as it is.");
    later.close();
    await opened.close();
  },
);
