// A study one of whose items always fails, run by whichever executor: the others of its round are made, the failure is
// on record and told with status 4, and the same command tries again only what had failed.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { crisp, type Finished } from "../cli/process.js";
import { fingerprint } from "./small-study.js";

/** A record in errors/. */
export type Failed = { readonly id: string; readonly label: string; readonly message: string; readonly log: string };

type Failing = {
  /** Folder of the study, where nothing lies yet. */
  readonly out: string;
  /** Folder of the same study, finished and undisturbed. */
  readonly straight: string;
  /** The study's command in that folder. */
  run(): Promise<Finished>;
};

/** Runs it with an item that fails, then without the cause; the failure as `crisp status` told it in between. */
export async function demandKept({ out, straight, run }: Failing): Promise<Failed> {
  // A folder where a dictionary is to lie: it cannot be written, nor anything be coded with it.
  const [part] = readdirSync(join(straight, "dictionaries"));
  const [name] = readdirSync(join(straight, "dictionaries", part));
  const id = name.split(".")[0];
  const place = join(out, "dictionaries", part, name);
  mkdirSync(place, { recursive: true });
  copyFileSync(join(straight, "manifest.json"), join(out, "manifest.json"));
  const { status, stdout, stderr } = await run();
  expect(status, stderr).toBe(4);
  expect(stdout).toBe("");
  const { failed } = JSON.parse((await crisp(["status", out, "--json"])).stdout) as { failed: Failed[] };
  expect(failed.map((one) => one.id)).toEqual([id]);
  expect(failed[0].message).toContain("is a folder");
  for (const words of [failed[0].label, id, "is a folder", "run the same command again"])
    expect(stderr).toContain(words);
  const items = readFileSync(join(out, "items-1.ndjson"), "utf8").trim().split("\n");
  const round = items.map((line) => JSON.parse(line) as { id: string; dictionary?: string });
  const needing = round.filter((item) => item.id === id || item.dictionary === id).map((item) => item.id);
  expect(needing.length).toBeGreaterThan(1);
  expect(
    round.map((item) => item.id).filter((one) => !existsSync(join(out, "results", one.slice(0, 2), `${one}.json`))),
  ).toEqual(needing);
  rmdirSync(place);
  const again = await run();
  expect(again.status, again.stderr).toBe(0);
  expect(fingerprint(out)).toEqual(fingerprint(straight));
  const made = readFileSync(join(out, "events.ndjson"), "utf8").match(/"kind":"item","id":"\w+"/g)!;
  expect(new Set(made).size).toBe(made.length);
  expect(JSON.parse((await crisp(["status", out, "--json"])).stdout).failed).toBeUndefined();
  expect(readdirSync(join(out, "errors"))).toEqual([]);
  return failed[0];
}
