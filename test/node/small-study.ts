// A study of seconds that has every stage, and what of its files must not depend on who made it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Words of a study of three sizes: two rounds, and one or two more where a least error lies near an end. */
export const studyWords = [
  ...["run", "--preset", "tiny", "--features", "8,12,16", "--left-out", "none", "--seed", "7", "--json"],
  ...["--training-images", "64", "--test-images", "12"],
  ...["--set", "learning.images=64", "--set", "learning.heldOut=16", "--set", "sweep.pilotImages=8"],
  ...["--set", "sweep.factor=1.6"],
];

/** sha256 of every file of a study but those that tell of times, machines and jobs. */
export function fingerprint(study: string): Record<string, string> {
  const files = readdirSync(study, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(study, name)).isFile(),
  );
  const kept = files.filter((name) => !/^(events\.ndjson|report\.html|figures|slurm|logs|errors)/.test(name));
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(study, name)))
      .digest("hex");
  return Object.fromEntries(kept.sort().map((name) => [name, hash(name)]));
}
