/** Every problem that a study can ask of its networks. A new one is a file of this folder and a line here. */
import { CrispError } from "../../core/errors.js";
import { denoise } from "./denoise.js";
import { inpaint } from "./inpaint.js";
import type { Problem, ProblemSettings } from "./problem.js";

/** In the order in which help names them; the first is the default. */
export const problems: readonly Problem[] = [denoise, inpaint];

/** The problem that settings name; denoising where they name none. @throws CrispError `data` for an unknown one */
export function problemOf(task: ProblemSettings | undefined): Problem {
  const kind = task?.kind ?? denoise.kind;
  const found = problems.find((problem) => problem.kind === kind);
  if (found) return found;
  const names = problems.map((problem) => problem.kind).join(", ");
  throw new CrispError("data", `no task is called ${kind}; there are ${names}. Use a version of Crisp that has it.`);
}

/** @throws CrispError `usage` unless the task is denoising; `what` begins the message: 'crisp transition asks …' */
export function demandDenoising(task: ProblemSettings | undefined, what: string): void {
  if (problemOf(task) === denoise) return;
  throw new CrispError(
    "usage",
    `${what} for denoising; this study's task is ${task?.kind}. Use a study without --task.`,
  );
}
