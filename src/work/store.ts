/**
 * The contract of a study's memory (types only), at which all who work on it meet. Results are
 * written once, whole, with their checksums, and read back only if they still match.
 */
import type { Item } from "./item.js";

/** Where results are kept: a folder, or whatever reads and writes them whole. */
export interface ItemStore {
  /** Records a round's items; throws `store` if another list was recorded for it. */
  recordRound(round: number, items: readonly Item[]): Promise<void>;
  /** Takes an item for this process; the function returned gives it back. Null while another process makes it. */
  claim(item: Item): Promise<(() => Promise<void>) | null>;
  /** Whether a result is there; `read` tells whether it is sound. */
  has(item: Item): Promise<boolean>;
  /** The finished result, verified; null if there is none. Throws `checksum` if it is damaged. */
  read<Result>(item: Item<Result>): Promise<Result | null>;
  /** Keeps a finished result, whole or not at all; the first one wins. */
  write<Result>(item: Item<Result>, result: Result): Promise<void>;
  /** Every sound checkpoint of an item, of this attempt and of earlier ones. */
  readCheckpoints(item: Item): Promise<readonly Uint8Array[]>;
  /** Keeps an item to go on from. */
  writeCheckpoint(item: Item, bytes: Uint8Array): Promise<void>;
}
