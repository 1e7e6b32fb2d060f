/** Work that Ctrl-C may stop: it ends as `Interrupted`, with the command that goes on. */
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
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted(`Stopped. ${kept}`, resumeText(context.argv, context.environment));
  } finally {
    interrupt.close();
    context.terminal.clear();
  }
}
