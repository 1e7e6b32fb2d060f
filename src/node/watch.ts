/** `crisp watch`: a study's folder followed, and the page of it served. */
import { followStudy } from "../app/follow-study.js";
import { knownManifest } from "../app/study-files.js";
import type { ReportInput } from "../report/input.js";
import { type LiveParts, livePage, liveParts } from "../report/live-page.js";
import { analyserBeside } from "./analyser.js";
import { type LiveServer, serveLive } from "./live-server.js";
import { nodePlatform as here } from "./platform.js";

/** What is watched, and how long. */
export type WatchRequest = {
  readonly study: string;
  /** Default: a free one. */
  readonly port?: number;
  /** The study's command runs at the same time: its folder may not be there yet, and the watch ends with it. */
  readonly besideRun?: boolean;
  readonly signal: AbortSignal;
  /** Told once, when the page can be opened. */
  onAddress(address: string): void;
};

/** Milliseconds between two looks at the folder: figures are drawn and sent at most so often. */
const every = 1000;
/** Milliseconds after which the time left is told again, though nothing has landed. */
const atLeastEvery = 5000;
/** Seconds of reading at once, so that pages are answered meanwhile. */
const atOnce = 0.15;

/** Serves until the signal comes. @throws CrispError `store` for a folder that is no study, `usage` for a port that is taken */
export async function watchStudy(request: WatchRequest): Promise<void> {
  const study = here.files.paths.resolve(request.study);
  if (!request.besideRun) await knownManifest(study, here);
  const fonts = await here.fonts();
  const of = { name: here.files.paths.basename(study), origin: here.origin(`crisp watch ${request.study}`), fonts };
  const server = await serveLive({
    port: request.port ?? 0,
    page: (parts, revision) => livePage(parts, { ...of, revision }),
  });
  try {
    await follow(study, server, { ...request, onServing: () => request.onAddress(server.address) });
  } finally {
    await server.close(request.besideRun === true);
  }
}

async function follow(
  study: string,
  server: LiveServer,
  { signal, besideRun, onServing }: WatchRequest & { onServing(): void },
): Promise<void> {
  const follower = followStudy(study, here, analyserBeside);
  let drawn = Number.NEGATIVE_INFINITY;
  let told = false;
  let before = "";
  while (!signal.aborted) {
    const begun = performance.now();
    const waits = await follower.read(atOnce);
    const state = follower.state();
    // While results wait to be read the figures are drawn once a second all the same.
    const idle = follower.finished() && !waits ? Number.POSITIVE_INFINITY : atLeastEvery;
    const rest = state === before ? idle : waits ? every : 0;
    if (performance.now() - drawn > rest) {
      const input = await follower.view();
      server.publish(drawnParts(input, follower.trouble()));
      drawn = performance.now();
      before = state;
    }
    if (!told) onServing();
    told = true;
    if (besideRun && follower.finished() && !waits) return;
    await pause(waits ? 1 : Math.max(1, every - (performance.now() - begun)), signal);
  }
}

/** The page's parts; where a damaged file has made something that cannot be drawn, that is said in place of it. */
function drawnParts(input: ReportInput | null, trouble: string | null): LiveParts {
  try {
    return liveParts(input, trouble);
  } catch (error) {
    const why = `what was read cannot be drawn: ${error instanceof Error ? error.message : error}.`;
    return liveParts(null, [trouble, why].filter(Boolean).join(" "));
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish, { once: true });
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    }
  });
}
