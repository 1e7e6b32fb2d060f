/** What every command is given: where messages go, and how it was called. */
import type { Terminal } from "./terminal.js";

export type Context = {
  readonly terminal: Terminal;
  /** The words after the command's name in the shell. */
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Absolute path of the file that Node runs, or of the link to it that the shell found. */
  readonly script: string;
};
