/** Every task that a worker can be asked for. A new task is a file of this folder and a line here. */
import { CrispError } from "../core/errors.js";
import type { AnyTask } from "../work/task.js";
import { encode } from "./encode.js";
import { gradient } from "./gradient.js";
import { look } from "./look.js";
import { protocol } from "./protocol.js";
import { redraw, response } from "./response.js";
import { show } from "./show.js";
import { codeStrip } from "./strip.js";
import { sweep } from "./sweep.js";
import { codeWindow } from "./window.js";

const tasks: readonly AnyTask[] = [
  gradient,
  look,
  sweep,
  show,
  encode,
  codeWindow,
  codeStrip,
  response,
  redraw,
  protocol,
];
const byKind = new Map(tasks.map((task) => [task.kind, task]));

/** The task of a kind. @throws CrispError `internal` for a kind that is not listed */
export function taskOf(kind: string): AnyTask {
  const task = byKind.get(kind);
  if (task) return task;
  throw new CrispError("internal", `no task is called ${kind}; there are ${[...byKind.keys()].join(", ")}.`);
}
