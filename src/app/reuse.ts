/**
 * Finished items of another study taken over. An item's ID is the hash of everything its result depends on,
 * so a result under the same ID is the same result, whichever study made it. It is read with its checksums
 * and kept as if it had been made here. The other folder is only read, and may be of a study at work.
 */
import { CrispError } from "../core/errors.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import type { Manifest } from "./manifest.js";
import type { Platform } from "./platform.js";
import { openStore } from "./store.js";
import { knownManifest } from "./study-files.js";

/** `store`, which has what `other` has too: asked for such an item, it copies it first and tells of it. */
export function reusing(store: ItemStore, other: ItemStore, onReused: (item: Item) => void): ItemStore {
  return {
    ...store,
    async has(item) {
      if (await store.has(item)) return true;
      const found = await other.read(item);
      if (found === null) return false;
      await store.write(item, found);
      onReused(item);
      return true;
    },
  };
}

/**
 * The results of the study in `folder`, for one with this manifest.
 *
 * @throws CrispError `store` when there is no study, or one of other images or of another kernel: no ID could agree
 */
export async function otherStore(
  folder: string,
  { images, family }: Pick<Manifest, "images" | "family">,
  platform: Platform,
): Promise<ItemStore> {
  const other = await knownManifest(folder, platform);
  const [theirs, ours] =
    other.images.hash === images.hash
      ? [`kernel ${other.family}`, `kernel ${family}`]
      : [imagesText(other.images), imagesText(images)];
  if (theirs === ours) return openStore(platform.files.paths.resolve(folder), () => {}, platform);
  throw new CrispError(
    "store",
    `--reuse ${folder}: its results are of ${theirs}, this study's of ${ours}; only results of the same images and kernel can be reused. Name another study, or leave --reuse out.`,
  );
}

function imagesText({ source, hash }: Manifest["images"]): string {
  return `images ${source} (${hash.slice(0, 12)})`;
}
