// Encodings: the text comes back whatever the encoding and however the bytes are cut.
import { describe, expect, it } from "vitest";
import { decodedText } from "../../src/formats/text.js";

async function textOf(bytes: Uint8Array, piece: number): Promise<string> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  let text = "";
  for await (const part of decodedText(pieces())) text += part;
  return text;
}
const utf16 = (text: string, little: boolean) =>
  Uint8Array.from(
    [...text].flatMap((letter) => {
      const code = letter.charCodeAt(0);
      return little ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );

const text = "size,größe\n8,±1\n";
const utf8 = new TextEncoder();

describe("the text of a file", () => {
  it.each([
    ["UTF-8", utf8.encode(`${text}−€😀`), `${text}−€😀`],
    ["UTF-16 with its mark, little end first", utf16(`\ufeff${text}`, true), `\ufeff${text}`],
    ["UTF-16 with its mark, big end first", utf16(`\ufeff${text}`, false), `\ufeff${text}`],
    ["UTF-16 without a mark", utf16(text, true), text],
    ["Windows-1252", Uint8Array.from(text, (letter) => letter.charCodeAt(0)), text],
    ["Windows-1252 at its last byte", Uint8Array.from([...utf8.encode("8,1 "), 0xb5]), "8,1 µ"],
    ["one letter", utf8.encode("a"), "a"],
    ["nothing", new Uint8Array(0), ""],
  ])("is read from %s", async (_what, bytes, expected) => {
    for (const piece of [1, 2, 3, 5, 64]) expect(await textOf(bytes, piece)).toBe(expected);
  });
});
