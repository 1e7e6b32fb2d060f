/**
 * What a page and its worker say to each other (types only): requests one way; the other way that it is ready, then
 * for each request points and one ending.
 */
import type { ErrorCode } from "../core/errors.js";

/** A request by the name of its handler, under a number that its replies carry. */
export type Request = { readonly id: number; readonly kind: string; readonly input: unknown };

/** A request, or the number of one that nobody waits for any more. */
export type ToWorker = { readonly ask: Request } | { readonly stop: number };

/** A point while a request is under way, or its ending. */
export type FromWorker =
  | { readonly ready: true }
  | { readonly id: number; readonly point: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: { readonly code: ErrorCode; readonly message: string } }
  | { readonly id: number; readonly stopped: true };
