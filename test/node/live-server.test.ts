/** The server of live pages: whatever is asked, it goes on. */
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type LiveServer, ownHosts, serveLive } from "../../src/node/live-server.js";

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
