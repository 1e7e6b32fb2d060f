/**
 * Results on stdout, and nothing else there: text for people, or with `--json`
 * one object on one line whose first field is its version.
 */

/** Version of every JSON object the command prints; fields are only ever added to it. */
export const schemaVersion = 2;

export function printText(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(record: object): void {
  process.stdout.write(`${JSON.stringify({ schemaVersion, ...record })}\n`);
}

/** Resolves when what was written has left the process, so that an exit cuts nothing off. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((done) => stream.write("", () => done()));
  }
}
