// Atoms are known by one hash, in studies as in codes; a study of the first versions, with another, is still read.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { GivenDictionaries } from "../../src/app/given-dictionaries.js";
import { randomAtoms } from "../../src/coding/atoms.js";
import { canonicalJson, contentKey, sha256Hex } from "../../src/core/key.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { refitStudy, writeReport } from "../../src/node/app/results.js";
import { runStudy } from "../../src/node/app/run.js";
import { readGivenDictionaries } from "../../src/node/given-dictionaries.js";
import { settings as small } from "../study/fixtures.js";
import { temporaryFolder } from "./fixtures.js";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const geometry = { height: 12, width: 12, channels: 3, patch: [4, 4], stride: [2, 2], boundary: "crop" } as const;
const atoms = [4, 6, 8].map((features) => randomAtoms({ ...geometry, features }, 1));
const paths = atoms.map((one) => {
  const path = join(folder, `${one.shape[0]}.npy`);
  writeFileSync(path, encodeNpy(one));
  return path;
});
const bytesOf = ({ data }: { data: Float32Array }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

test("a dictionary is known by the sha256 of its shape and its float32 values", () => {
  const { identities } = readGivenDictionaries(paths, {});
  const hash = createHash("sha256").update("6,4,4,3 ").update(bytesOf(atoms[1])).digest("hex");
  expect(identities[1]).toEqual({ file: "6.npy", shape: [6, 4, 4, 3], replicate: 0, hash });
});

test("a study of version 1 is read and reported as it was; run on, it is refused by name of what differs", async () => {
  const given = readGivenDictionaries(paths, {});
  const sweep = { ...small.sweep, pilotImages: 16 };
  const learning = { ...small.learning, heldOut: 16, images: 16 };
  const sizes = { size: 12, features: [4, 6, 8], leftOut: [], replicates: 1, trainingImages: 40, testImages: 12 };
  const settings = { ...small, ...sizes, atoms: "given", learning, sweep } as const;
  const out = join(folder, "study");
  const command = { out, settings, workers: 1, signal: new AbortController().signal, command: "", onEvent() {} };
  const { record } = await runStudy({ ...command, dictionaries: asInVersion1(given) });
  const path = join(out, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  expect(manifest.schemaVersion).toBe(3);
  writeFileSync(path, `${canonicalJson({ ...manifest, schemaVersion: 1 })}\n`);
  expect(await refitStudy(out)).toEqual(record);
  expect(await writeReport(out)).toBe(join(out, "report.html"));
  const again = runStudy({ ...command, dictionaries: given });
  await expect(again).rejects.toThrow(/schemaVersion is 1, asked for 3/);
});

/** The same dictionaries by the key of the first versions. */
function asInVersion1({ identities, atoms: byHash }: GivenDictionaries): GivenDictionaries {
  const keyOf = (hash: string) => {
    const one = byHash.get(hash)!;
    return contentKey({ shape: one.shape, sha256: sha256Hex(bytesOf(one)) });
  };
  return {
    identities: identities.map((one) => ({ ...one, hash: keyOf(one.hash) })),
    atoms: new Map([...byHash].map(([hash, one]) => [keyOf(hash), one])),
  };
}
