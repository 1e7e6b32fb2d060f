/** The package's own version, from the package.json above the built files. */
import { readFileSync } from "node:fs";
import { builtFile } from "./kernel.js";

export function packageVersion(): string {
  const text = readFileSync(builtFile("../package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
