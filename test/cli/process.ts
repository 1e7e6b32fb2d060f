// Runs the built command as a real process, away from the user's own CRISP_* variables.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

export const cli = resolve(import.meta.dirname, "../../dist/cli.js");

export type Finished = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type Started = {
  readonly finished: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
  /** What stdout and stderr hold so far. */
  printed(): string;
  complained(): string;
  /** Resolves once stderr holds the text. */
  said(text: string): Promise<void>;
};

export type ProcessOptions = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> };

export function start(words: readonly string[], options: ProcessOptions = {}): Started {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CRISP_|npm_|NO_COLOR|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(kept), ...options.env };
  const child = spawn(process.execPath, [cli, ...words], { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const check of waiting) check();
  });
  const finished = new Promise<Finished>((done) => {
    child.on("close", (status) => done({ status, stdout, stderr }));
  });
  return {
    finished,
    kill: (signal) => child.kill(signal),
    printed: () => stdout,
    complained: () => stderr,
    said: (text) =>
      new Promise((done, fail) => {
        const check = () => {
          if (stderr.includes(text)) done();
        };
        waiting.add(check);
        check();
        finished.then((end) => fail(new Error(`ended without "${text}":\n${end.stderr}`)));
      }),
  };
}

export function crisp(words: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return start(words, options).finished;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that goes when the file's tests are done. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "crisp-test-"));
  folders.push(folder);
  return folder;
}
