/** Work that Ctrl-C may stop: it ends as `Interrupted`, with the command that goes on. */
import { CrispError } from "../core/errors.js";
import { resumeText } from "./command-line.js";
import type { Context } from "./context.js";
import { Interrupted, openInterrupt } from "./interrupt.js";

/**
 * The work's result.
 *
 * @param kept  what the message says of what is done, "What is finished is kept in DIR."
 * @throws Interrupted if a signal came before the work ended
 */
export async function resumable<T>(
  context: Context,
  kept: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupt = openInterrupt(() => context.terminal.message("Stopping; once more to stop at once."));
  try {
    return await work(interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted || !isStop(error)) throw error;
    throw new Interrupted(`Stopped. ${kept}`, resumeText(context));
  } finally {
    interrupt.close();
    context.terminal.clear();
  }
}

/** Whether an error only says that the signal was obeyed; any other is told as it is. */
export function isStop(error: unknown): boolean {
  if (error instanceof CrispError) return error.code === "incomplete";
  return error instanceof Error && error.name === "AbortError";
}
