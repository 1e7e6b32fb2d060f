/** The package's own version and its dependencies', from the package.json above the built files. */
import { readFileSync } from "node:fs";
import { builtFile } from "./kernel.js";

export function packageVersion(): string {
  return packageFile().version;
}

/** Versions asked for of the packages that touch files or numbers; kernels and statistics are Crisp's own. */
export function dependencyVersions(): Record<string, string> {
  const { dependencies } = packageFile();
  const named = ["hyparquet", "hyparquet-writer", "fflate", "@noble/hashes"];
  return Object.fromEntries(named.map((name) => [name, dependencies[name] ?? "absent"]));
}

function packageFile(): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(builtFile("../package.json"), "utf8"));
}
