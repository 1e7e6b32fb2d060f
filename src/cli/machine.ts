/** What this process may use of the machine. */
import { totalmem } from "node:os";

/** Bytes of memory: the machine's, or less where the process is held to less (containers, batch jobs). */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}
