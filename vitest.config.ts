// Tests run from the sources; what needs worker threads uses the built files in dist/. Limits only end what hangs:
// a busy machine may take ten times as long as an idle one.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 2 },
});
