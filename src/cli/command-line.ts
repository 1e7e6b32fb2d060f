/**
 * The command as a user would type it again: for the report's provenance, and
 * for the line that says how to resume, in the form it was started with.
 */

/** `crisp run --preset quick …`, quoted for a POSIX shell. */
export function commandText(argv: readonly string[]): string {
  return ["crisp", ...argv].map(quoted).join(" ");
}

/** The command again through what started it: npm in a clone, npx, or the installed command. */
export function resumeText(argv: readonly string[], environment: NodeJS.ProcessEnv): string {
  const words = argv.map(quoted).join(" ");
  const event = environment.npm_lifecycle_event;
  if (environment.npm_package_name === "crisp-sparse" && (event === "crisp" || event === "start"))
    return `npm run -s crisp -- ${words}`;
  if (event === "npx") return `npx crisp-sparse ${words}`;
  return `crisp ${words}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
