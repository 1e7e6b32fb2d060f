/**
 * Content addresses: the sha256 of a record's canonical JSON. Keys are sorted,
 * numbers are JavaScript's shortest form, nothing else may vary, so equal
 * parameters give one ID on every machine.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { CrispError } from "./errors.js";
import type { Tensor } from "./tensor.js";

/** JSON with sorted keys; throws `internal` on NaN, infinities and values JSON would drop. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    let text = "";
    for (const name of Object.keys(value).sort()) {
      const entry = (value as Record<string, unknown>)[name];
      if (entry !== undefined) text += `${text && ","}${JSON.stringify(name)}:${canonicalJson(entry)}`;
    }
    return `{${text}}`;
  }
  throw new CrispError("internal", `a record holds ${String(value)}, which canonical JSON cannot carry.`);
}

/** 64 hexadecimal digits: sha256 of the canonical JSON. */
export function contentKey(record: unknown): string {
  return sha256Hex(utf8ToBytes(canonicalJson(record)));
}

/** sha256 of bytes, as hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/**
 * What atoms and masks are known by, whatever file they lie in: the sha256 of the
 * shape in digits and a space, "128,8,8,3 ", and the values as float32, little endian.
 */
export function tensorSha256({ shape, data }: Tensor): string {
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return bytesToHex(
    sha256
      .create()
      .update(utf8ToBytes(`${shape.join()} `))
      .update(values)
      .digest(),
  );
}
