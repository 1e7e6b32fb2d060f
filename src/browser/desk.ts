/** What a handler has while it works: an executor on the worker's engines, a way to send points, and a place to stop at. */
import type { Dictionary } from "../coding/dictionary.js";
import type { Engine } from "../coding/engine.js";
import { type Executor, type Held, inlineExecutor } from "../work/executor.js";

/** Work of one kind: points may be sent before the answer; `pause` is called wherever the work may end early. */
export type Handler<Input, Point, Answer> = (desk: Desk<Point>, input: Input) => Promise<Answer>;

/** The place at which one request is worked on. */
export type Desk<Point> = {
  /** Runs tasks one after the other, with a pause before each. */
  readonly executor: Executor;
  /** The dictionary under a name: the last one's while its atoms and geometry stay the same, so that its coder is kept. */
  held(dictionary: Dictionary): Held;
  /** Lets messages in. @throws Stopped when the request is no longer wanted */
  pause(): Promise<void>;
  send(point: Point): void;
};

/** Ends a handler whose request is no longer wanted. */
export class Stopped extends Error {}

/** What a worker has besides its handlers. */
export type Room = {
  readonly engines: readonly Engine[];
  /** Seconds on a clock that only rises. */
  now(): number;
  /** Resolves when all messages that came meanwhile were read. */
  messagesRead(): Promise<void>;
};

/** Seconds of work between two looks at the messages. */
const lookEvery = 0.004;

/** Makes the desk of one request after the other, on engines that stay. */
export function desks({ engines, now, messagesRead }: Room) {
  const inline = inlineExecutor(engines, now);
  let last: Held = { id: "0", dictionary: emptyDictionary };
  let looked = now();
  return function deskFor<Point>(send: (point: Point) => void, isWanted: () => boolean): Desk<Point> {
    async function pause(): Promise<void> {
      if (now() - looked > lookEvery) {
        await messagesRead();
        looked = now();
      }
      if (!isWanted()) throw new Stopped();
    }
    const executor: Executor = {
      ...inline,
      async run(task, held, input) {
        await pause();
        return inline.run(task, held, input);
      },
    };
    return {
      executor,
      send,
      pause,
      held(dictionary) {
        if (!isSame(dictionary, last.dictionary)) last = { id: String(Number(last.id) + 1), dictionary };
        return last;
      },
    };
  };
}

const emptyDictionary: Dictionary = {
  geometry: { height: 0, width: 0, channels: 0, patch: [0, 0], stride: [0, 0], boundary: "crop", features: 0 },
  atoms: { shape: [0, 0, 0, 0], data: new Float32Array(0) },
};

function isSame(a: Dictionary, b: Dictionary): boolean {
  const [x, y] = [a.atoms.data, b.atoms.data];
  return (
    x.length === y.length &&
    JSON.stringify([a.geometry, a.atoms.shape]) === JSON.stringify([b.geometry, b.atoms.shape]) &&
    x.every((value, i) => value === y[i])
  );
}
