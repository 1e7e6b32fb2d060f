// What a page's code holds as text, since a page of file:// cannot fetch: the worker, in which the kernel is, and the
// shipped models. dist/kernel.wasm must be built.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Rolldown } from "tsdown";

const root = fileURLToPath(new URL("..", import.meta.url));
const shipped = ["denoise-colour.safetensors", "denoise-grey.safetensors", "denoise.safetensors", "denoise.json"];

const base64 = (path) => readFileSync(join(root, path)).toString("base64");

/** The worker as one script; a page may have one of its own, with fewer handlers. */
export async function workerText(source = "src/browser/worker.ts") {
  const { output } = await Rolldown.build({
    input: join(root, source),
    platform: "browser",
    write: false,
    transform: { target: "es2022", define: { CRISP_KERNEL: JSON.stringify(base64("dist/kernel.wasm")) } },
    output: { format: "iife", minify: true },
  });
  return output[0].code;
}

/** What src/browser/ calls CRISP_…, as the values of `define`. */
export async function browserParts() {
  const assets = Object.fromEntries(shipped.map((name) => [name, base64(`assets/${name}`)]));
  return { CRISP_WORKER: JSON.stringify(await workerText()), CRISP_ASSETS: JSON.stringify(assets) };
}
