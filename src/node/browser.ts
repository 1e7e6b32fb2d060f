/**
 * An installed browser (Chromium, Chrome, Edge) that draws without a window: its debugging protocol over two pipes,
 * JSON messages that end with a zero byte. Nothing is fetched, and no package is needed.
 */
import { spawn } from "node:child_process";
import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { CrispError } from "../core/errors.js";

const names =
  "chromium chromium-browser google-chrome google-chrome-stable chrome microsoft-edge msedge brave-browser".split(" ");

/** Where systems without such names on the path keep their browsers. */
const elsewhere = (environment: NodeJS.ProcessEnv): readonly string[] => [
  ...["Google Chrome", "Chromium", "Microsoft Edge"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  ...[environment.PROGRAMFILES, environment["PROGRAMFILES(X86)"]].flatMap((folder) =>
    folder === undefined
      ? []
      : ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"].map((path) =>
          join(folder, path),
        ),
  ),
];

/** The path of a browser: CHROME_PATH, else the first on the path or where the system keeps it. @throws CrispError `usage` without one */
async function findBrowser(environment: NodeJS.ProcessEnv): Promise<string> {
  const { CHROME_PATH: given, PATH = "" } = environment;
  const onPath = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  for (const path of given === undefined ? [...onPath, ...elsewhere(environment)] : [given])
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  throw new CrispError(
    "usage",
    `--figures draws with a browser, and ${given === undefined ? `none was found (${names.join(", ")})` : `CHROME_PATH ${given} cannot be run`}. Install Chromium, Chrome or Edge, or name one in CHROME_PATH; the figures are there as SVG.`,
  );
}

/** A page of the browser. */
export type Page = {
  /** One call of the protocol, such as `Page.printToPDF`. */
  call(method: string, parameters: object): Promise<Record<string, unknown>>;
};

const flags =
  "--headless --remote-debugging-pipe --no-first-run --no-default-browser-check --disable-gpu --disable-extensions --disable-sync --disable-background-networking --disable-component-update --host-resolver-rules=MAP%20*%20~NOTFOUND"
    .split(" ")
    .map((flag) => flag.replaceAll("%20", " "));

/** Seconds without an answer after which the browser is given up. */
const patience = 60;

/** Work on one page, in a browser that is ended afterwards. @throws CrispError `usage` where there is none or it does not answer */
export async function inBrowser<T>(environment: NodeJS.ProcessEnv, work: (page: Page) => Promise<T>): Promise<T> {
  const path = await findBrowser(environment);
  const profile = await mkdtemp(join(tmpdir(), "crisp-browser-"));
  // The sandbox of Chromium refuses to start for root; what it draws are our own files.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(path, [...flags, ...root, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  try {
    const call = protocolOf(child.stdio[3] as Writable, child.stdio[4] as Readable, {
      failed: new Promise<never>((_, reject) => {
        const fail = () =>
          reject(new CrispError("usage", `${path} ended before it drew. Name another browser in CHROME_PATH.`));
        child.once("error", fail);
        child.once("close", fail);
      }),
      path,
    });
    const { targetId } = await call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
    return await work({ call: (method, parameters) => call(method, parameters, sessionId as string) });
  } finally {
    child.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Call = (method: string, parameters: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** Calls over the pipes; an answer belongs to the call of its number, events have none. */
function protocolOf(
  input: Writable,
  output: Readable,
  { failed, path }: { failed: Promise<never>; path: string },
): Call {
  failed.catch(() => {});
  input.on("error", () => {}); // told by `failed`
  const waiting = new Map<
    number,
    (answer: { result?: Record<string, unknown>; error?: { message: string } }) => void
  >();
  let [rest, id] = ["", 0];
  output.setEncoding("utf8").on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop()!;
    for (const message of messages.map((one) => JSON.parse(one))) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  return async (method, params, sessionId) => {
    const own = ++id;
    const answered = new Promise<{ result?: Record<string, unknown>; error?: { message: string } }>((done) =>
      waiting.set(own, done),
    );
    input.write(`${JSON.stringify({ id: own, method, params, sessionId })}\0`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new CrispError("usage", `${path} does not answer. Name another browser in CHROME_PATH.`);
      timer = setTimeout(() => reject(error), 1000 * patience);
    });
    const { result, error } = await Promise.race([answered, failed, late]).finally(() => clearTimeout(timer));
    if (result) return result;
    throw new CrispError(
      "usage",
      `${path} does not know ${method} (${error?.message}). Name a newer browser in CHROME_PATH.`,
    );
  };
}
