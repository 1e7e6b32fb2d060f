/**
 * Items that fail. Each is put on record in errors/ID.json and the others are done all the same, on one machine as on
 * a cluster; the command then ends with an error that names them. What every item would meet ends the work at once.
 */
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import type { Item } from "../work/item.js";
import type { Platform } from "./platform.js";
import { labelOf } from "./progress.js";

/** An item that failed. */
export type Failure = {
  readonly id: string;
  /** "sweep F = 32, seed 1, images 0–49" */
  readonly label: string;
  readonly message: string;
  /** Path of its task's log from the study's folder; "" where there is none, as on one machine. */
  readonly log: string;
};

/** Of one process: which items failed there, and who is told of each. */
export type Failures = {
  /** Puts a failed item on record. @throws the failure itself where it is none of the item's own */
  onFailure(item: Item, failure: unknown): Promise<void>;
  /** @throws CrispError `incomplete` that names what failed, if anything did */
  demandNone(): void;
};

/** Keeps the failures of this process; `log` as in their records. */
export function keptFailures(
  out: string,
  { log = "", onMessage }: { readonly log?: string; onMessage(text: string): void },
  platform: Platform,
): Failures {
  const failed: Failure[] = [];
  return {
    async onFailure(item, failure) {
      if (!isOfItem(failure)) throw failure;
      const message = failure instanceof Error ? failure.message : String(failure);
      const record = { id: item.id, label: labelOf(item), message, log };
      failed.push(record);
      onMessage(`${item.id} (${record.label}) failed: ${message}`);
      await writeFailure(out, record, platform);
    },
    demandNone() {
      if (failed.length > 0) throw someFailed(out, failed);
    },
  };
}

/** A stop, a disk that is full or read-only, and input that cannot be read are not the item's fault: the next would meet them too. */
function isOfItem(failure: unknown): boolean {
  if (failure instanceof CrispError) return failure.code !== "incomplete" && failure.code !== "data";
  return !(failure instanceof Error && "syscall" in failure);
}

/** The error `incomplete` that ends a study of which items failed, at least one; it names the first. */
export function someFailed(out: string, failed: readonly Failure[]): CrispError {
  const [{ id, label, message }] = failed;
  const what = `${counted(failed.length, "item")} of ${out} failed, and nothing is left that does not need ${failed.length > 1 ? "them" : "it"}.`;
  const others = failed.length > 1 ? ` "crisp status ${out}" names them all.` : "";
  const advice = "When the cause is gone, run the same command again: only what failed is tried again.";
  return new CrispError("incomplete", `${what} ${label} (${id}): ${message}${others} ${advice}`);
}

/** All failures on record, also of items that have a result by now. */
export async function failuresIn(out: string, platform: Platform): Promise<readonly Failure[]> {
  const found: Failure[] = [];
  for (const name of await failureNames(out, platform)) {
    const failure = await readJson<Omit<Failure, "id">>(out, `errors/${name}`, platform);
    if (failure) found.push({ ...failure, id: name.slice(0, -".json".length) });
  }
  return found;
}

/** Records that an item failed; the last failure stays. */
export function writeFailure(out: string, { id, ...failure }: Failure, platform: Platform): Promise<void> {
  return writeJson({ out, platform }, `errors/${id}.json`, failure);
}

/** Forgets all failures. */
export async function clearFailures(out: string, platform: Platform): Promise<void> {
  const files = platform.studies.files(out);
  for (const name of await failureNames(out, platform)) await files.remove(files.paths.join(out, "errors", name));
}

async function failureNames(out: string, { studies }: Platform): Promise<string[]> {
  const files = studies.files(out);
  return (await files.list(files.paths.join(out, "errors"))).filter((name) => /^[0-9a-f]+\.json$/.test(name));
}

/** The record in a small file of a study's folder; null where there is no such file, or none that can be understood. */
export async function readJson<T>(out: string, name: string, { studies }: Platform): Promise<T | null> {
  const files = studies.files(out);
  const bytes = await files.readIfThere(files.paths.join(out, name));
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
  } catch {
    return null;
  }
}

/** Writes such a file, whole. */
export async function writeJson(
  { out, platform }: { readonly out: string; readonly platform: Platform },
  name: string,
  record: object,
): Promise<void> {
  const files = platform.studies.files(out);
  await files.replace(files.paths.join(out, name), `${JSON.stringify(record)}\n`);
}
