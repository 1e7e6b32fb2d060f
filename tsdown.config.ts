// One flat dist/: the command, the worker and an entry point for each export of package.json, with types.
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    cli: "src/cli/main.ts",
    worker: "src/node/worker.ts",
    index: "src/index.ts",
    scaling: "src/scaling/index.ts",
    report: "src/report/index.ts",
    node: "src/node/index.ts",
  },
  format: "esm",
  platform: "node",
  target: "node20.19",
  fixedExtension: false, // .js and .d.ts, as package.json names them
  dts: true,
  checks: { pluginTimings: false },
  clean: false, // kernel.wasm is already there; scripts/build.mjs empties the folder
});
