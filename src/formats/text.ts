/**
 * Bytes as text, in pieces of any length. The encoding is found, as files seldom
 * state it: UTF-16 by its byte order mark or by the zero bytes of Latin letters,
 * else UTF-8, else, from the first bytes that are not UTF-8, Windows-1252.
 */

/** The text of a file, in pieces; a byte order mark stays in front of it. */
export async function* decodedText(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array(0);
  let decode: Decode | undefined;
  for await (const piece of pieces) {
    head = joined(head, piece);
    if (decode === undefined && head.length < 4) continue;
    decode ??= decoderOf(head);
    yield decode(head, false);
    head = new Uint8Array(0);
  }
  yield (decode ?? decoderOf(head))(head, true);
}

/** Takes the next bytes, and whether they are the last. */
type Decode = (piece: Uint8Array, last: boolean) => string;

function decoderOf([a, b, c, d]: Uint8Array): Decode {
  const little = (a === 0xff && b === 0xfe) || (a > 0 && b === 0 && c > 0 && d === 0);
  const big = (a === 0xfe && b === 0xff) || (a === 0 && b > 0 && c === 0 && d > 0);
  if (!little && !big) return openUtf8();
  const utf16 = new TextDecoder(little ? "utf-16le" : "utf-16be", { ignoreBOM: true });
  return (piece, last) => utf16.decode(piece, { stream: !last });
}

function openUtf8(): Decode {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const windows = new TextDecoder("windows-1252");
  let valid = true;
  let tail: Uint8Array = new Uint8Array(0); // of a letter that the next piece goes on with
  return (piece, last) => {
    const whole = joined(tail, piece);
    const end = last || !valid ? whole.length : wholeLetters(whole);
    tail = whole.slice(end);
    if (valid) {
      try {
        return utf8.decode(whole.subarray(0, end));
      } catch {
        valid = false;
        tail = new Uint8Array(0);
      }
    }
    return windows.decode(whole);
  };
}

/** Bytes up to a letter of UTF-8 that is begun at the end. */
function wholeLetters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
