/** The explorer: state, controls and views wired together. Everything else in this folder is told by it. */
/// <reference lib="dom" />
import { capital } from "../../core/words.js";
import { escapeText } from "../../report/markup.js";
import { openClient } from "../client.js";
import { drawThumb, openBenchView } from "./bench-view.js";
import { listenToSliders, showBest, showSliders } from "./controls.js";
import { byId, setHtml } from "./dom.js";
import { codingKey, openMeasuring, type Results } from "./measure.js";
import { firstFile, ownPicture, savePicture } from "./own.js";
import { drawnPictures, type Sample, sampleOf } from "./pictures.js";
import { openSettleView } from "./settle-view.js";
import { openSizesView } from "./sizes-view.js";
import { fromHash, nextSeed, type State, toHash } from "./state.js";
import { openStock } from "./stock.js";
import { beforeCommand, commandFor, spoken, tourTargets, tourWords } from "./words.js";

const stock = openStock((name) => byId(`part-${name}`).textContent ?? "");
const pictures = new Map(drawnPictures());
const view = openBenchView(stock);
const settled = openSettleView(stock);
const sizes = openSizesView(stock.study);
const measuring = openMeasuring({
  client: openClient(),
  stock,
  onChange(found) {
    results = found;
    const last = found.settling?.steps.at(-1);
    if (following && last) state = { ...state, steps: last.step };
    renderSoon();
  },
});

let state = fromHash(location.hash);
let sample = sampleFor(state);
let results: Results = { here: null, curves: new Map(), settling: null, trouble: null };
let held = false;
/** Whether the steps that are looked at are the newest of a run; until a hand moves their slider. */
let following = false;
let frame = 0;
/** Whether the study's section has come near the window; it is drawn from then on. */
let sizesSeen = false;

function sampleFor({ picture, sigma, seed }: State): Sample {
  return sampleOf(pictures.get(picture) ?? pictures.values().next().value!, sigma, seed);
}

/** Takes a change, asks for what it lacks, and shows it with the next frame. */
function change(part: Partial<State>): void {
  state = { ...state, ...part };
  if ("picture" in part || "sigma" in part || "seed" in part) sample = sampleFor(state);
  renderSoon();
}

/** A change that is not part of a movement. */
function choose(part: Partial<State>): void {
  change(part);
  rest();
}

function renderSoon(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    render();
  });
}

function render(): void {
  measuring.follow(state, sample);
  showSliders(state);
  showBest(view.bestLambda(state, results));
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=picture]"))
    input.checked = input.value === state.picture;
  view.show(state, results, { sample, held });
  const { here, settling, trouble } = results;
  const isNew = here?.sample === sample && here.lambda === state.lambda && here.features === state.features;
  showCoding(!isNew && trouble === null);
  if (settling) settled(settling, { steps: state.steps, stale: settling.key !== codingKey(state, sample) });
  if (sizesSeen) sizes.show(state);
  const tour = tourWords(state.tour);
  setHtml("tour", tour.words);
  setHtml("next", tour.button); // the button itself stays, and with it the focus
  const command = commandFor(state, sample.picture.file);
  if (byId("command").textContent !== command) setHtml("copied", "");
  setHtml("command", command);
  byId("save").hidden = state.picture !== "own";
  byId("own-words").className = refusal === "" ? "grey" : "warn";
  setHtml("own-words", refusal || (state.picture === "own" ? ownWords : ""));
  byId("trouble").hidden = trouble === null;
  setHtml("trouble", escapeText(capital(trouble ?? "")));
  if (here === null && trouble !== null) setHtml("now", "Nothing could be coded.");
  tell();
}

/** Old pictures stay until new ones come; where that takes longer than an eye waits, a word says so. */
function showCoding(late: boolean): void {
  if (late) waiting ??= setTimeout(() => setHtml("coding", "coding…"), 300);
  else {
    clearTimeout(waiting);
    waiting = undefined;
    setHtml("coding", "");
  }
}
let waiting: ReturnType<typeof setTimeout> | undefined;

/** A slider was let go, or a choice made: the address is told. */
function rest(): void {
  held = false;
  history.replaceState(null, "", `${location.pathname}${location.search}${toHash(state)}`);
  renderSoon();
}

/** Tells screen readers, once the sentence has stood still: the result may come long after the choice. */
function tell(): void {
  const sentence = spoken(byId("now").innerHTML);
  if (held || sentence === told) return;
  told = sentence;
  clearTimeout(telling);
  telling = setTimeout(() => setHtml("said", sentence), 600);
}
let told = "";
let telling: ReturnType<typeof setTimeout> | undefined;

/** Takes a picture of the reader's own, or says why not; of several given at once the last. */
async function take(file: Blob | null): Promise<void> {
  if (file === null) return;
  const turn = ++takings;
  try {
    const { picture, words } = await ownPicture(file, turn);
    if (turn !== takings) return;
    pictures.set("own", picture);
    drawThumb("thumb-own", picture);
    byId("own-choice").hidden = false;
    ownWords = words;
    refusal = "";
    choose({ picture: "own" });
  } catch (error) {
    if (turn !== takings) return;
    refusal = spoken(error instanceof Error ? error.message : String(error));
    renderSoon();
  }
}
let takings = 0;
/** What was done to the reader's picture, said while it is the chosen one; why the last was not taken, until the next choice. */
let ownWords = "";
let refusal = "";

async function copyCommand(): Promise<void> {
  const command = byId("command");
  try {
    await navigator.clipboard.writeText(command.textContent ?? "");
    setHtml("copied", copiedWords("copied"));
  } catch {
    getSelection()?.selectAllChildren(command); // no clipboard here: selected, to be copied by hand
    setHtml("copied", copiedWords("selected"));
  }
}

function copiedWords(done: string): string {
  const before = beforeCommand(state, sample.picture.file);
  return before === "" ? done : `${done}. ${before}`;
}

function settle(): void {
  following = true;
  measuring.settle(state, sample);
}

/** Goes to a step of the tour, and to what it is about; its words stay in sight there. */
function walk(tour: number): void {
  choose({ tour });
  const target = tourTargets[tour];
  const bar = byId("tour-bar");
  bar.classList.toggle("along", target !== undefined);
  document.documentElement.style.scrollPaddingTop = "";
  if (target === undefined) return;
  sizesSeen = true; // drawn first, so that nothing above the target grows once it is in place
  render();
  document.documentElement.style.scrollPaddingTop = `${bar.offsetHeight + 8}px`; // its words may take several lines
  byId(target).scrollIntoView();
}

/** What each button does. */
const buttons: Readonly<Record<string, () => void>> = {
  next: () => walk(state.tour === 5 ? 0 : state.tour + 1),
  renoise: () => choose({ seed: nextSeed(state.seed) }),
  open: () => byId("file").click(),
  save: () => savePicture(pictures.get("own")!),
  copy: () => void copyCommand(),
  run: settle,
  watch() {
    byId("settle").scrollIntoView();
    settle();
  },
  fitted: () => choose(sizes.exponents("fitted")),
  least: () => choose(sizes.exponents("least")),
  poster: () => choose(sizes.exponents("poster")),
};

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("button") : null; // a click may land on an element inside
  if (button) buttons[button.id]?.();
});
listenToSliders((part) => {
  held = true;
  if ("steps" in part) following = false;
  change(part);
}, rest);
byId("controls").addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.name !== "picture") return;
  refusal = "";
  choose({ picture: target.value });
});
byId("controls").addEventListener("submit", (event) => event.preventDefault());
byId<HTMLInputElement>("file").addEventListener("change", ({ target }) => {
  const input = target as HTMLInputElement;
  void take(input.files?.[0] ?? null);
  input.value = ""; // so that the same file may be chosen again
});
addEventListener("paste", ({ clipboardData }) => void take(firstFile(clipboardData)));
addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return; // a selection that is dragged over the page
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  void take(firstFile(event.dataTransfer));
});
addEventListener("hashchange", () => change(fromHash(location.hash)));
addEventListener("resize", renderSoon);
matchMedia("print").addEventListener("change", () => {
  sizesSeen = true; // paper shows all; it is laid out as soon as this ends, so nothing may wait for a frame
  render();
});
byId("curve-data").addEventListener("toggle", renderSoon);
new IntersectionObserver(
  ([entry]) => {
    if (sizesSeen || !entry.isIntersecting) return;
    sizesSeen = true;
    renderSoon();
  },
  { rootMargin: "600px" },
).observe(byId("sizes"));

for (const [name, picture] of pictures) drawThumb(`thumb-${name.slice("leaves-".length)}`, picture);
render();
