/** The page of the live view: the report so far in parts that are sent again where they change, and the script that puts them in place. */
import type { ReportInput } from "./input.js";
import { literal, plainText, quotedSentence } from "./markup.js";
import { type Page, pageAround, pageParts } from "./page.js";
import { studyPage } from "./report.js";

/** Parts of the live page by name; `title` is text, before " Crisp, " and the study's name; all others are HTML. */
export type LiveParts = Readonly<Record<string, string>>;

/** The live page's parts; of a study that cannot be read, or has not begun, there is no input. */
export function liveParts(input: ReportInput | null, trouble: string | null): LiveParts {
  const alarm = trouble === null ? "" : `<ul class="notes alarm"><li class="warn">${quotedSentence(trouble)}</li></ul>`;
  if (input === null)
    return { title: unnamed, trouble: alarm, progress: alarm === "" ? "The study has not begun." : "" };
  const page = studyPage(input);
  const { progress, opening, sections, footer } = pageParts(page);
  return {
    title: input.progress ? `${input.progress.replace(/\.$/, "")}.` : plainText(page.title),
    trouble: alarm,
    progress,
    opening,
    ...Object.fromEntries(sections.map((html, i) => [`section${i + 1}`, html])),
    footer,
  };
}

/** Title of a page that has nothing to say yet. */
const unnamed = "Live study.";

/** Parts of the page in their order, so that one without content has its place. */
const inMain = ["opening", ...Array.from({ length: 10 }, (_, i) => `section${i + 1}`)];

/** The page that shows these parts and follows what comes after `revision`. */
export function livePage(parts: LiveParts, of: Pick<Page, "name" | "origin" | "fonts"> & { revision: string }): string {
  const part = (name: string) => `<div data-part="${name}">${parts[name] ?? ""}</div>`;
  const line = `<p class="progress"><span data-part="progress">${parts.progress ?? ""}</span> <span role="status" id="connection"></span></p>`;
  const body = `${line}${part("trouble")}<main>${inMain.map(part).join("\n")}</main>${part("footer")}`;
  const script = `<script>${following.replace("REVISION", JSON.stringify(of.revision))}</script>`;
  return pageAround({ ...of, kind: "live study", title: literal(parts.title ?? unnamed) }, body + script);
}

/**
 * Puts parts where they belong as they come, one a frame, since a figure takes a frame's time to lay out; what a hidden
 * page has not drawn gives way to the newest. What is open stays open, and the focus stays where it was.
 */
const following = `
const connection = document.getElementById("connection");
const inside = "summary,a,button,[tabindex]";
const named = document.title.slice(document.title.lastIndexOf(" Crisp, "));
function put(name, html) {
  if (name === "title") return void (document.title = html + named);
  const part = document.querySelector('[data-part="' + name + '"]');
  if (!part) return;
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const focused = [...part.querySelectorAll(inside)].indexOf(document.activeElement);
  const rolled = [...part.querySelectorAll(".scroll")].map((one) => [one.scrollLeft, one.scrollTop]);
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((one, i) => { one.open = open[i] || false; });
  part.querySelectorAll(".scroll").forEach((one, i) => { if (rolled[i]?.some(Boolean)) [one.scrollLeft, one.scrollTop] = rolled[i]; });
  if (focused >= 0) part.querySelectorAll(inside)[focused]?.focus({ preventScroll: true });
}
const waiting = new Map();
function next() {
  const [[name, html]] = waiting;
  waiting.delete(name);
  put(name, html);
  if (waiting.size > 0) requestAnimationFrame(next);
}
function putSoon(name, html) {
  if (name === "title" || name === "progress") return put(name, html);
  if (waiting.size === 0) requestAnimationFrame(next);
  waiting.set(name, html);
}
const source = new EventSource("events?after=" + REVISION);
source.addEventListener("parts", ({ data }) => {
  for (const [name, html] of Object.entries(JSON.parse(data))) putSoon(name, html);
  document.documentElement.dataset.seen = Number(document.documentElement.dataset.seen || 0) + 1;
});
source.addEventListener("end", () => { source.close(); connection.textContent = "The run has ended; this page stays as it is."; });
source.onopen = () => { connection.textContent = ""; };
source.onerror = () => {
  connection.textContent = source.readyState === 2 // refused: the browser does not try again
    ? "Another program answers at this address, so nothing new comes to this page. Start the command again and open the address that it prints."
    : "No connection: the command that serves this page has ended or does not answer. Trying again.";
};`;
