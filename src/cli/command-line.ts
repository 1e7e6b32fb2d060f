/**
 * The command as a user would type it again: for the report's provenance, and
 * for the line that says how to resume, in the form it was started with.
 */
import { basename, delimiter, dirname, relative, sep } from "node:path";
import type { Context } from "./context.js";

/** `crisp run --preset quick …`, quoted for a POSIX shell. */
export function commandText(argv: readonly string[]): string {
  return ["crisp", ...argv].map(quoted).join(" ");
}

/** The command again through what started it: npm in a clone, npx, the installed command, or Node with the file that was named. */
export function resumeText({ argv, environment, script }: Omit<Context, "terminal">): string {
  return [starterOf(script, environment), ...argv.map(quoted)].join(" ");
}

function starterOf(script: string, environment: NodeJS.ProcessEnv): string {
  const event = environment.npm_lifecycle_event;
  if (environment.npm_package_name === "crisp-sparse" && (event === "crisp" || event === "start"))
    return "npm run -s crisp --";
  if (event === "npx") return "npx crisp-sparse";
  const name = basename(script);
  if (name !== "cli.js") return environment.PATH?.split(delimiter).includes(dirname(script)) ? name : quoted(script);
  // The commands that npm makes on Windows, and pnpm everywhere, name the installed file in place of themselves.
  if (script.split(sep).includes("node_modules")) return "crisp";
  const near = relative("", script);
  return `node ${quoted(near.startsWith("..") ? script : near)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
