/**
 * Ctrl-C and SIGTERM: the first asks the work to stop where it can be resumed,
 * a second one ends the process at once (what is stored stays whole either
 * way). A terminal and npm may both deliver the same Ctrl-C, so a second one
 * counts only after a second.
 */
export type Interrupt = {
  readonly signal: AbortSignal;
  /** Stops listening. */
  close(): void;
};

export function openInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let first = 0;
  function stop(): void {
    if (controller.signal.aborted) {
      if (Date.now() - first > 1000) process.exit(130);
      return;
    }
    first = Date.now();
    controller.abort();
    onFirst();
  }
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    close: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}

/** The work stopped because the user asked; `resume` is the command that goes on. Exit status 130. */
export class Interrupted extends Error {
  readonly resume: string;

  constructor(message: string, resume: string) {
    super(message);
    this.name = "Interrupted";
    this.resume = resume;
  }
}
