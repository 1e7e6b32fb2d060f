/** LZW and PackBits as TIFF has them: both fill as many bytes as are asked for and read no further. */

/** Codes that are not strings: the table begins anew, and the data end. */
const [clear, end] = [256, 257];

/**
 * The first `bytes` bytes that LZW data unpack to; fewer where the data end before. Codes begin with 9 bits,
 * the high bit first, and grow to 12 one entry before the table needs it. Each string of the table is its
 * last byte and the string before it (TIFF 6.0, section 13).
 *
 * @throws Error for a code that the table does not hold yet
 */
export function unpackLzw(packed: Uint8Array, bytes: number): Uint8Array {
  if (packed[0] === 0 && packed[1] & 1) throw new Error("its LZW codes are of an old kind, lowest bit first");
  const out = new Uint8Array(bytes);
  const [before, last, length] = [new Uint16Array(4096), new Uint8Array(4096), new Uint16Array(4096)];
  for (let i = 0; i < 256; i++) [last[i], length[i]] = [i, 1];
  let [used, width, previous, to] = [end + 1, 9, -1, 0];
  for (let bit = 0; bit + width <= 8 * packed.length && to < bytes; ) {
    const code = codeAt(packed, bit, width);
    bit += width;
    if (code === end) break;
    if (code === clear) {
      [used, width, previous] = [end + 1, 9, -1];
      continue;
    }
    if (code > used || (code === used && previous < 0)) throw new Error("its LZW data name a string that is not there");
    if (previous >= 0 && used < 4096) {
      // The new string is the one before and the first byte of this one, which may be that very string.
      before[used] = previous;
      last[used] = firstOf(code === used ? previous : code, before, last);
      length[used] = length[previous] + 1;
      used++;
    }
    write(code, to);
    to += length[code];
    previous = code;
    if (used >= 2 ** width - 1 && width < 12) width++;
  }
  return to < bytes ? out.subarray(0, to) : out;

  /** A string from its end to its beginning. */
  function write(code: number, at: number): void {
    for (let i = at + length[code] - 1, one = code; i >= at; i--, one = before[one]) out[i] = last[one];
  }
}

function firstOf(code: number, before: Uint16Array, last: Uint8Array): number {
  let one = code;
  while (one > end) one = before[one];
  return last[one];
}

/** At most 12 bits, which lie in three bytes. */
function codeAt(packed: Uint8Array, bit: number, width: number): number {
  const at = bit >> 3;
  const three = (packed[at] << 16) | ((packed[at + 1] ?? 0) << 8) | (packed[at + 2] ?? 0);
  return (three >> (24 - (bit & 7) - width)) & (2 ** width - 1);
}

/** The first `bytes` bytes that PackBits data unpack to: n + 1 bytes as they are, or one byte 1 − n times; −128 is nothing. */
export function unpackBits(packed: Uint8Array, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let to = 0;
  for (let at = 0; at < packed.length && to < bytes; ) {
    const head = packed[at++];
    if (head === 128) continue;
    const count = Math.min(bytes - to, head < 128 ? head + 1 : 257 - head);
    if (head < 128) out.set(packed.subarray(at, at + count), to);
    else out.fill(packed[at], to, to + count);
    if (at + (head < 128 ? count : 1) > packed.length) break;
    at += head < 128 ? head + 1 : 1;
    to += count;
  }
  return to < bytes ? out.subarray(0, to) : out;
}
