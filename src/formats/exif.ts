/** EXIF's orientation, which tells how viewers turn a stored picture. EXIF is a TIFF directory inside JPEG, PNG and WebP files. */

/**
 * EXIF's tag 0x112 in the first directory, 1 to 8: 1 upright, 2 to 8 mirrored or turned.
 *
 * @param exif  from "II" or "MM" on
 * @returns undefined without the tag, or with a number of no meaning
 */
export function orientationOf(exif: Uint8Array): number | undefined {
  if (exif.length < 8) return undefined;
  const tiff = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const little = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, little);
  const count = first + 2 <= exif.length ? tiff.getUint16(first, little) : 0;
  for (let at = first + 2; at + 12 <= Math.min(exif.length, first + 2 + 12 * count); at += 12) {
    if (tiff.getUint16(at, little) !== 0x112) continue;
    const value = tiff.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
