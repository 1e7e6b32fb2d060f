/** Opens the compiled kernel that lies beside the built files. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Engine } from "../coding/engine.js";
import { CrispError } from "../core/errors.js";
import { wasmEngine } from "../engine/wasm/engine.js";

/** Folder of the built files: this file's own, or dist/ when running from the sources. */
export function builtFile(name: string): string {
  const fromSources = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSources ? `../../dist/${name}` : `./${name}`, import.meta.url));
}

/** @throws CrispError `internal` when the package was not built */
export async function openKernel(): Promise<Engine> {
  return wasmEngine(await kernelModule());
}

/** The compiled module, for engines of other solvers. Throws as `openKernel`. */
export async function kernelModule(): Promise<WebAssembly.Module> {
  const path = builtFile("kernel.wasm");
  const bytes = await readFile(path).catch((cause) => {
    throw new CrispError("internal", `${path} is missing. Run "npm run build".`, { cause });
  });
  return new WebAssembly.Module(bytes);
}
