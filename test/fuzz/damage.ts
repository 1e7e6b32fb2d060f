/** Small sound files made unsound by drawn damage: what a bad disk, a cut transfer, another program or a foe leaves. */
import type { Draws } from "../../src/core/random.js";

type Change = (bytes: Uint8Array, draw: Draws) => Uint8Array;

/** Text that moves what follows it, or has another meaning than what stood there. */
const words = ['{"toString":1}', "1e999", "NaN", "-", "[[[", "'", '"', "null", "\0", "__proto__", ",", "\n", "&a *a"];
const extremes = [0, 1, -1, 0x7fff, 0xffff, 0x10000, 0x7fffffff, -0x80000000, 0x40000000];

const changes: readonly Change[] = [
  (bytes, draw) => bytes.slice(0, draw.whole(bytes.length + 1)), // cut off
  (bytes, draw) => changed(bytes, draw, (byte) => byte ^ (1 << draw.whole(8))),
  (bytes, draw) => changed(bytes, draw, () => draw.whole(256)),
  (bytes, draw) => spliced(bytes, draw, new TextEncoder().encode(words[draw.whole(words.length)])),
  (bytes, draw) => spliced(bytes, draw, new TextEncoder().encode("9".repeat(1 + draw.whole(30)))),
  (bytes, draw) => spliced(bytes, draw, part(bytes, draw)), // a block that stands twice
  (bytes, draw) => new Uint8Array([...bytes, ...part(bytes, draw)]),
  swapped,
  extreme,
  (bytes, draw) => bytes.map((byte) => (isDigit(byte) && draw.uniform() < 0.1 ? 48 + draw.whole(10) : byte)),
];

/** The bytes after one to three changes. Half of these fall into the first 200 bytes, where headers are. */
export function damaged(sound: Uint8Array, draw: Draws): Uint8Array {
  let bytes = sound;
  for (let left = draw.uniform() < 0.6 ? 1 : 1 + draw.whole(3); left > 0; left--)
    bytes = changes[draw.whole(changes.length)](bytes, draw);
  return bytes;
}

function place(length: number, draw: Draws): number {
  return draw.whole(draw.uniform() < 0.5 ? Math.min(length, 200) : length);
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** One to four bytes made others. */
function changed(bytes: Uint8Array, draw: Draws, other: (byte: number) => number): Uint8Array {
  const all = bytes.slice();
  for (let left = 1 + draw.whole(4); left > 0 && all.length > 0; left--) {
    const at = place(all.length, draw);
    all[at] = other(all[at]);
  }
  return all;
}

/** A block put in, in half of the cases over what stood there. */
function spliced(bytes: Uint8Array, draw: Draws, block: Uint8Array): Uint8Array {
  const at = place(bytes.length, draw);
  const over = draw.uniform() < 0.5 ? block.length : 0;
  return new Uint8Array([...bytes.subarray(0, at), ...block, ...bytes.subarray(at + over)]);
}

function part(bytes: Uint8Array, draw: Draws): Uint8Array {
  const from = draw.whole(bytes.length + 1);
  return bytes.slice(from, from + 1 + draw.whole(64));
}

/** Two neighbouring blocks in the other order. */
function swapped(bytes: Uint8Array, draw: Draws): Uint8Array {
  const [a, b, c] = [0, 0, 0].map(() => draw.whole(bytes.length + 1)).sort((x, y) => x - y);
  const cut = (from: number, to?: number) => bytes.subarray(from, to);
  return new Uint8Array([...cut(0, a), ...cut(b, c), ...cut(a, b), ...cut(c)]);
}

/** A whole number of 16 or 32 bits, of either byte order, made an extreme one. */
function extreme(bytes: Uint8Array, draw: Draws): Uint8Array {
  if (bytes.length < 4) return bytes;
  const all = bytes.slice();
  const view = new DataView(all.buffer);
  const value = extremes[draw.whole(extremes.length)];
  const at = place(all.length - 3, draw);
  const little = draw.uniform() < 0.7;
  if (draw.uniform() < 0.5) view.setInt32(at, value, little);
  else view.setInt16(at, value, little);
  return all;
}
