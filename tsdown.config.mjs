// One flat dist/: the command, the worker thread and an entry point for each export of package.json, with types; and
// what a page loads, once as a module and once as a plain script.
import { defineConfig } from "tsdown";
import { browserParts } from "./scripts/browser.mjs";

const common = {
  checks: { pluginTimings: false },
  clean: false, // kernel.wasm is already there; scripts/build.mjs empties the folder
};

/** Holds all that it needs. */
const page = async () => ({
  ...common,
  entry: { browser: "src/browser/index.ts" },
  platform: "browser",
  target: "es2022",
  define: await browserParts(),
  deps: { alwaysBundle: /./ },
});

export default defineConfig(async () => [
  {
    ...common,
    entry: {
      cli: "src/cli/main.ts",
      worker: "src/node/worker.ts",
      analyser: "src/node/analyser.ts",
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
  },
  { ...(await page()), format: "esm", fixedExtension: false, dts: true },
  {
    ...(await page()),
    format: "iife",
    globalName: "crisp",
    dts: false,
    outputOptions: { entryFileNames: "browser.global.js" },
  },
]);
