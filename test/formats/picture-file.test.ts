// Pictures from files: what is said of one that was cut off.
import { expect, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";

test("a PNG cut off anywhere behind its header is said to end too early, in our own words", () => {
  const bytes = Uint8Array.from({ length: 48 * 48 * 3 }, (_, i) => (i * 7919) % 251);
  const whole = encodePng({ height: 48, width: 48, channels: 3, bytes });
  for (const share of [0.2, 0.5, 0.9]) {
    const cut = whole.subarray(0, Math.floor(share * whole.length));
    expect(() => decodePicture(cut, "cut.png")).toThrow(/^cut\.png cannot be decoded: it ends before its last pixel/);
  }
});
