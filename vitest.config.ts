// Tests run from the sources; what needs worker threads uses the built files in dist/. Limits only end what hangs:
// a busy machine may take ten times as long as an idle one.
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of a minute and more, the longest first: begun last, one would run alone at the end. On a fresh clone no times are known. */
const long = [
  "node/slurm",
  "node/local-faults",
  "node/resume",
  "cli/watch",
  "node/joined",
  "node/interrupted",
  "node/gc",
];
const place = ({ moduleId }: TestSpecification) => {
  const found = long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return found < 0 ? long.length : found;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
