/**
 * What the reader has chosen, and its form in the address: only what differs from the start, so that a plain
 * address is the start itself. Whatever an address holds, it becomes a state that the controls can show.
 */

/** Numbers of features whose dictionaries the page has. */
export const featureSizes = [16, 32, 64, 128, 256, 512] as const;

/** Seeds of the drawn pictures; docs/explorer/leaves-SEED.png holds each as a file. */
export const leafSeeds = [14, 20, 6, 10] as const;

/** λ's of the slider: 0.02 … 4 in equal factors of 1.036, three digits each, so that a command can repeat them. */
export const lambdas: readonly number[] = Array.from({ length: 151 }, (_, i) =>
  Number((0.02 * 200 ** (i / 150)).toPrecision(3)),
);

/** σ's of the slider. */
export const sigmas: readonly number[] = Array.from({ length: 21 }, (_, i) => i / 20);

/** Numbers of LCA steps at which the page looks. */
export const lcaSteps: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 126, 160, 200, 250, 320, 400, 500, 640, 800, 1000,
  1260, 1600, 2000, 2500, 3200, 4000,
];

/** Sizes at which the law may be asked, in features. */
export const askedSizes: readonly number[] = Array.from({ length: 46 }, (_, i) => Math.round(16 * 2 ** (i / 5)));

/** Everything that is chosen. */
export type State = {
  /** "leaves-14", or "own" for the reader's. */
  readonly picture: string;
  readonly lambda: number;
  /** Deviation of the noise, in deviations of the picture. */
  readonly sigma: number;
  readonly features: number;
  /** Of the noise. */
  readonly seed: number;
  /** LCA steps that are looked at. */
  readonly steps: number;
  /** Exponents of the collapse, in the poster's convention: x ~ L^(1/ν), y ~ L^(γ/ν). */
  readonly nu: number;
  readonly gamma: number;
  /** Features at which the law is asked. */
  readonly asked: number;
  /** 0: no tour; 1 … 5 its steps. */
  readonly tour: number;
};

/** Where everybody begins. */
export const start: State = {
  picture: `leaves-${leafSeeds[0]}`,
  lambda: nearest(lambdas, 0.25),
  sigma: 0.5,
  features: 128,
  seed: 1,
  steps: 100,
  nu: -1,
  gamma: 0,
  asked: 1024,
  tour: 1,
};

/** Bounds of the two exponents' sliders, and the step between two of their values. */
export const exponentRanges = { nu: [-2, -0.7, 0.001], gamma: [-0.05, 0.05, 0.00005] } as const;

/** Seeds of the noise go from 1 to this. */
const mostSeed = 9999;

/** The seed of other noise; after the last comes the first. */
export function nextSeed(seed: number): number {
  return (seed % mostSeed) + 1;
}

/** The value of a list that is nearest to a number. */
export function nearest(list: readonly number[], value: number): number {
  return list.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}

/** "#lambda=0.7&features=64": what differs from the start; "" where nothing does. A picture of one's own is not in it. */
export function toHash(state: State): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(state))
    if (value !== start[name as keyof State] && value !== "own") words.set(name, String(value));
  const text = words.toString();
  return text === "" ? "" : `#${text}`;
}

/** The state of an address; what it does not hold, or what no control could show, is as at the start. */
export function fromHash(hash: string): State {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const number = (name: keyof State) => {
    const value = Number(words.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : Number(start[name]);
  };
  const listed = (name: keyof State, list: readonly number[]) => nearest(list, number(name));
  const whole = (name: keyof State, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.round(number(name))));
  const picture = words.get("picture") ?? "";
  return {
    picture: leafSeeds.some((seed) => picture === `leaves-${seed}`) ? picture : start.picture,
    lambda: listed("lambda", lambdas),
    sigma: listed("sigma", sigmas),
    features: listed("features", featureSizes),
    seed: whole("seed", 1, mostSeed),
    steps: listed("steps", lcaSteps),
    nu: inRange(number("nu"), exponentRanges.nu),
    gamma: inRange(number("gamma"), exponentRanges.gamma),
    asked: listed("asked", askedSizes),
    tour: whole("tour", 0, 5),
  };
}

/** On the grid of a range. */
function inRange(value: number, [low, high, step]: readonly [number, number, number]): number {
  const on = low + step * Math.round((Math.min(high, Math.max(low, value)) - low) / step);
  return Number(on.toFixed(6));
}
