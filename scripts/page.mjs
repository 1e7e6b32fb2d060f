// Builds docs/explorer.html, one offline file, and what the command needs to repeat its numbers: docs/explorer/ has the
// dictionaries (8-bit weights) and the drawn pictures. Same sources, same bytes. Another folder than docs may be named.
// dist/kernel.wasm must be built.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import { build, Rolldown } from "tsdown";
import { workerText } from "./browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const study = join(root, "docs/results/cifar10-paper");
const folder = resolve(process.argv[2] ?? join(root, "docs"));
const out = join(folder, "explorer");
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const packed = (bytes) => base64(deflateRawSync(bytes, { level: 9 }));

const { explorerDocument, packWeights, wholeWeights, studyPart, featureSizes, drawnPictures, ...files } =
  await sources();
const { decodeDictionary, encodeNpy, encodePng, reportFonts } = files;

mkdirSync(out, { recursive: true });
const record = JSON.parse(readFileSync(join(study, "scaling.json"), "utf8"));
const parts = { study: packed(Buffer.from(JSON.stringify(studyPart(record)))) };
for (const features of featureSizes) {
  const whole = wholeWeights(trainedAtoms(features));
  writeFileSync(join(out, `atoms-${features}.npy`), encodeNpy({ shape: [features, 8, 8, 3], data: whole }));
  parts[`atoms-${features}`] = packed(packWeights(whole, 8));
}
for (const { file, width, height, bytes } of drawnPictures().values())
  writeFileSync(join(out, basename(file)), encodePng({ width, height, channels: 3, bytes }, 9));
const script = await pageScript();
const html = explorerDocument({ fonts: await reportFonts(), script, parts });
writeFileSync(join(folder, "explorer.html"), html);
const dictionaries = Object.keys(parts).filter((name) => name.startsWith("atoms-"));
const size = (text) => `${(gzipSync(text, { level: 9 }).length / 1000).toFixed(1)} kB`;
console.log(
  `explorer.html: ${size(html)} gzipped, of it code ${size(script)}, dictionaries ${size(dictionaries.map((name) => parts[name]).join(""))}`,
);

/** The dictionary of the study's own seed with so many features: the record tells it by its leading share. */
function trainedAtoms(features) {
  const { leadingShare } = record.training.find((one) => one.features === features);
  const results = join(study, "trained/results");
  const ids = readdirSync(results, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const found = ids.find(
    (name) => JSON.parse(readFileSync(join(results, name), "utf8")).result.leadingShare === leadingShare,
  );
  const { part } = JSON.parse(readFileSync(join(results, found), "utf8"));
  return decodeDictionary(readFileSync(join(study, "trained", part.file)), part.file).atoms;
}

/** The page's code as one script, with the worker's text in it. */
async function pageScript() {
  const { output } = await Rolldown.build({
    input: join(root, "src/browser/page/main.ts"),
    platform: "browser",
    write: false,
    transform: {
      target: "es2022",
      define: { CRISP_WORKER: JSON.stringify(await workerText("src/browser/page/worker.ts")) },
    },
    output: { format: "iife", minify: true },
  });
  return output[0].code;
}

/** The functions of the sources that this script needs. */
async function sources() {
  const outDir = join(root, ".cache/page");
  const options = { format: "esm", dts: false, logLevel: "warn", config: false, platform: "node" };
  const entry = join(root, "scripts/page-sources.ts");
  await build({ ...options, entry, outDir, outExtensions: () => ({ js: ".mjs" }) });
  return import(pathToFileURL(join(outDir, "page-sources.mjs")));
}
