// What leaves the command: nothing a terminal obeys, and no silence where it cannot be written.

import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bounded, printable } from "../../src/cli/output.js";
import { openTerminal } from "../../src/cli/terminal.js";
import { cli, emptyFolder } from "./process.js";

const hostile = "a\u001b[31mb\u0007\u009b2J\u202egnp.exe\r\u007f";

describe("printable text", () => {
  it("holds no control character and no mark that turns the direction of writing; JSON reads it back", () => {
    expect(printable(hostile)).toBe("a\\u001b[31mb\\u0007\\u009b2J\\u202egnp.exe\\u000d\\u007f");
    expect(JSON.parse(printable(JSON.stringify({ [hostile]: hostile })))).toEqual({ [hostile]: hostile });
    expect(printable("λ = 1\n\tsize\n")).toBe("λ = 1\n\tsize\n");
  });

  it("is all that a terminal is sent, whatever is said to it", () => {
    const written: string[] = [];
    const terminal = openTerminal({ write: (text: string) => written.push(text) }, () => 1e9);
    terminal.progress(hostile);
    terminal.message(hostile);
    terminal.warning(hostile);
    expect(written).toHaveLength(3);
    expect(written.join("")).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it("is bounded, and keeps the beginning and the advice at the end", () => {
    const text = `error: ${"x".repeat(1e6)} is unknown. Remove it.`;
    expect(bounded(text).length).toBeLessThan(4000);
    expect(bounded(text)).toMatch(/^error: x+ … 996,\d+ characters are left out … x+ is unknown\. Remove it\.$/);
    expect(bounded("short")).toBe("short");
  });

  it("leaves through three files alone, all of the command", () => {
    const folder = join(import.meta.dirname, "../../src");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const writing = files.filter((name) =>
      /process\.std(out|err)|console\./.test(readFileSync(join(folder, name), "utf8")),
    );
    expect(writing.sort()).toEqual(["cli/main.ts", "cli/output.ts", "cli/terminal.ts"]);
  });
});

/** The command with one of its outputs a full disk, or a pipe whose reader is gone. */
function withLost(words: readonly string[], lost: { readonly [name in "stdout" | "stderr"]?: "full" | "closed" }) {
  const cwd = emptyFolder();
  const ends = (["stdout", "stderr"] as const).map((name) =>
    lost[name] === "full" ? openSync("/dev/full", "w") : "pipe",
  );
  const child = spawn(process.execPath, [cli, ...words], { cwd, stdio: ["ignore", ...ends] });
  for (const name of ["stdout", "stderr"] as const) if (lost[name] === "closed") child[name]?.destroy();
  let said = "";
  if (lost.stderr === undefined) child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((done) => child.on("close", (status) => done(status)));
  return ended.then((status) => ({ status, said, cwd }));
}

describe.skipIf(!existsSync("/dev/full"))("an output that is lost", () => {
  it.each(["full", "closed"] as const)("stdout %s ends a command with a message and status 4", async (kind) => {
    const { status, said } = await withLost(["doctor", "--help"], { stdout: kind });
    expect(status).toBe(4);
    expect(said).toMatch(/^error: stdout: .*Let it be read to its end, or give it a file\.\n$/);
  });

  it.each(["full", "closed"] as const)("stderr %s stops a study and gives its folder back", async (kind) => {
    const { status, cwd } = await withLost(["run", "--preset", "tiny", "--out", "study", "--workers", "1"], {
      stderr: kind,
    });
    expect(status).toBe(4);
    expect(readdirSync(join(cwd, "study"))).not.toContain("lock");
    expect(readFileSync(join(cwd, "study/events.ndjson"), "utf8")).toMatch(/"outcome":"stopped"/);
  });
});
