/**
 * The one error type a user may see. A message has four parts: what is wrong,
 * the value found, what is allowed, what to do. `code` is stable and decides
 * the exit status: 2 usage or settings, 3 bad data, 4 incomplete but
 * resumable, 5 a check failed, 1 everything else.
 */
export type ErrorCode =
  | "usage" // an option, key or setting that is unknown or out of range
  | "data" // an image file or table that is not what it should be
  | "shape" // sizes that do not fit together
  | "checksum" // bytes differ from what was recorded
  | "store" // the study's folder cannot be used as asked
  | "busy" // another process works in the study
  | "incomplete" // stopped before the end; run again to go on
  | "check" // a stated condition does not hold
  | "diverged" // a solver's step is too long
  | "internal";

const exitCodes: Record<ErrorCode, number> = {
  usage: 2,
  data: 3,
  shape: 3,
  checksum: 3,
  store: 2,
  busy: 2,
  incomplete: 4,
  check: 5,
  diverged: 5,
  internal: 1,
};

/** Every fault that a caller can meet: `code` is stable; the message says what, the value found, what is allowed, what to do. */
export class CrispError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CrispError";
    this.code = code;
  }
}

/** An error as plain data, to cross to another thread: anything that is not a CrispError is `internal`. */
export function failureOf(error: unknown): {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack?: string;
} {
  if (!(error instanceof Error)) return { code: "internal", message: String(error) };
  const { message, stack } = error;
  return { code: error instanceof CrispError ? error.code : "internal", message, stack };
}

/** Exit status of the command for an error: 1 for anything that is not a CrispError. */
export function exitCode(error: unknown): number {
  return error instanceof CrispError ? exitCodes[error.code] : 1;
}

/**
 * The candidate nearest to a misspelt word by edit distance, or undefined when
 * none is within a third of its length.
 */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.ceil(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
