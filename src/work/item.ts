/**
 * Items: the pieces that studies are made of. An item's record holds everything its result depends
 * on, and its ID is the hash of that record, so a result made once is found again whatever asked
 * for it. Machine, time and number of workers are not part of it.
 */
import type { Geometry } from "../core/geometry.js";
import { contentKey } from "../core/key.js";

declare const result: unique symbol;

/** One piece of work with a stored result of type `Result` (which exists for the compiler only). */
export type Item<Result = unknown> = {
  readonly id: string;
  readonly kind: string;
  /** Numeric-kernel family of the engines that may do it. */
  readonly family: string;
  readonly [result]?: Result;
};

/** How a result lies on disk: a part of bytes, and what JSON can carry. */
export type Stored = { readonly bytes: Uint8Array; readonly summary: Record<string, unknown> };

/** How one kind of item is made, kept, estimated and named. Its list: study/items/registry.ts. */
export interface ItemKind<I extends Item<Result>, Result, Workshop> {
  readonly kind: I["kind"];
  /** Makes the result only from the record. @throws CrispError `incomplete` when a stop was asked for */
  make(item: I, workshop: Workshop): Promise<Result>;
  /** Seconds of one idle core on the network of `geometry`; for times shown, never for results. */
  seconds(item: I, geometry: Geometry): number;
  /** The stage it belongs to, in the words of the progress line. */
  stage(item: I): string;
  /** Whether it is kept half-done: its checkpoints are removed when the result is written. */
  readonly resumable?: boolean;
  readonly file: ItemFile<I, Result>;
}

/** Where results of one kind lie, and their bytes. */
export type ItemFile<I, Result> = {
  readonly folder: string;
  readonly ending: string;
  encode(result: Result, item: I): Stored;
  /** @param path  for messages */
  decode(stored: Stored, path: string): Result | Promise<Result>;
};

/** Any kind, for lists. */
export interface AnyKind<Workshop> {
  readonly kind: string;
  make(item: never, workshop: Workshop): Promise<unknown>;
  seconds(item: never, geometry: Geometry): number;
  stage(item: never): string;
  readonly resumable?: boolean;
  readonly file: {
    readonly folder: string;
    readonly ending: string;
    encode(result: never, item: never): Stored;
    decode(stored: Stored, path: string): unknown;
  };
}

type WithoutId<I> = I extends unknown ? Omit<I, "id" | typeof result> : never;

/** An item with its content address. */
export function item<I extends Item>(record: WithoutId<I>): I {
  return { id: contentKey(record), ...record } as unknown as I;
}
