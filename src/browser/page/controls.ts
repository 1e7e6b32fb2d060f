/** The sliders: what each shows of the state, and what it makes of it. */
/// <reference lib="dom" />
import { counted } from "../../core/words.js";
import { fixed, whole } from "../../report/numbers.js";
import { byId, setHtml, setSlider } from "./dom.js";
import { askedSizes, exponentRanges, featureSizes, lambdas, lcaSteps, type State, sigmas } from "./state.js";
import { setting } from "./words.js";

/** One slider: its place on the state, and the state of a place. */
type Slider = {
  at(state: State): number;
  of(at: number): Partial<State>;
  words(state: State): string;
};

/** A slider whose places are the values of a list. */
function listed<N extends "lambda" | "sigma" | "features" | "steps" | "asked">(
  name: N,
  list: readonly number[],
  words: (value: number) => string,
): Slider {
  return {
    at: (state) => list.indexOf(state[name]),
    of: (at) => ({ [name]: list[at] }),
    words: (state) => words(state[name]),
  };
}

/** A slider of equal steps, for an exponent. */
function even(name: "nu" | "gamma", places: number): Slider {
  const [low, , step] = exponentRanges[name];
  return {
    at: (state) => Math.round((state[name] - low) / step),
    of: (at) => ({ [name]: Number((low + at * step).toFixed(6)) }),
    words: (state) => fixed(state[name], places),
  };
}

/** All sliders by the id of their input. */
export const sliders: Readonly<Record<string, Slider>> = {
  lambda: listed("lambda", lambdas, setting),
  sigma: listed("sigma", sigmas, (value) => value.toFixed(2)),
  features: listed("features", featureSizes, (value) => counted(value, "feature")),
  steps: listed("steps", lcaSteps, whole),
  asked: listed("asked", askedSizes, (value) => counted(value, "feature")),
  nu: even("nu", 3),
  gamma: even("gamma", 4),
};

/** Moves every slider to the state. */
export function showSliders(state: State): void {
  for (const [id, slider] of Object.entries(sliders)) setSlider(id, slider.at(state), slider.words(state));
}

/** Marks the best λ on its slider; nothing where there is none in reach. */
export function showBest(best: number | null): void {
  const along = best === null ? -1 : Math.log(best / lambdas[0]) / Math.log(lambdas[lambdas.length - 1] / lambdas[0]);
  const shown = along >= 0 && along <= 1;
  byId("best").hidden = !shown;
  setHtml("lambda-between", shown ? `best ${best!.toFixed(2)}` : "");
  // The middle of the thumb moves over the track less its own width of 18 px.
  byId("control-lambda").style.setProperty("--best", `calc(9px + ${along} * (100% - 18px))`);
}

/** Tells of every move of a slider, and when it was let go. */
export function listenToSliders(onMove: (part: Partial<State>) => void, onRest: () => void): void {
  for (const [id, slider] of Object.entries(sliders)) {
    const input = byId<HTMLInputElement>(id);
    input.addEventListener("input", () => onMove(slider.of(input.valueAsNumber)));
    input.addEventListener("change", onRest);
  }
}
