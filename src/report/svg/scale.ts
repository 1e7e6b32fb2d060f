/**
 * Scales from values to pixels, linear or logarithmic, with ticks a person
 * would choose: three to six plain numbers, never powers, never minor ticks.
 */

/** From values to pixels. */
export type Scale = {
  readonly kind: "linear" | "log";
  readonly domain: readonly [low: number, high: number];
  readonly range: readonly [from: number, to: number];
  /** Pixel of a value; a logarithmic scale takes positive values only. */
  at(value: number): number;
};

/** Equal steps of the value are equal steps in pixels; the domain is not empty. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const unit = (range[1] - range[0]) / (high - low);
  return { kind: "linear", domain, range, at: (value) => range[0] + (value - low) * unit };
}

/** Equal factors of the value are equal steps in pixels; the domain is above 0 and not empty. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const low = Math.log(domain[0]);
  const unit = (range[1] - range[0]) / (Math.log(domain[1]) - low);
  return { kind: "log", domain, range, at: (value) => range[0] + (Math.log(value) - low) * unit };
}

/** Ticks at most `most` in number, at least two where the domain allows. */
export function ticksOf(scale: Scale, most: number): readonly number[] {
  return scale.kind === "linear" ? linearTicks(scale.domain, most) : logTicks(scale.domain, most);
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function linearTicks([low, high]: readonly [number, number], most: number): readonly number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => countMultiples(low, high, s) <= most) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = countMultiples(low, high, step);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Multiples of a step inside the domain, ends included. */
function countMultiples(low: number, high: number, step: number): number {
  return Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1;
}

/** 1 2 5, else 1 3, else decades; within half a decade the numbers of a linear axis. */
function logTicks(domain: readonly [number, number], most: number): readonly number[] {
  if (domain[1] / domain[0] < 5) return linearTicks(domain, Math.min(most, 5));
  for (const mantissas of [[1, 2, 5], [1, 3], [1]]) {
    const found = decadeTicks(domain, mantissas);
    if (found.length <= most && found.length >= 2) return found;
  }
  return decadeTicks(domain, [1]).filter((_, i, all) => i % Math.ceil(all.length / most) === 0);
}

/** These mantissas in every decade of the domain. */
function decadeTicks([low, high]: readonly [number, number], mantissas: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const m of mantissas) {
      const value = Number((m * 10 ** power).toPrecision(12));
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) found.push(value);
    }
  }
  return found;
}

/** Smallest and largest of the values, widened by a share of their span (of its logarithm for `log`). */
export function paddedDomain(
  values: readonly number[],
  kind: "linear" | "log",
  share: number,
): readonly [number, number] {
  const used = kind === "log" ? values.filter((v) => v > 0).map(Math.log) : [...values];
  let low = Math.min(...used);
  let high = Math.max(...used);
  if (high - low < 1e-9) {
    low -= kind === "log" ? 0.1 : 0.5;
    high += kind === "log" ? 0.1 : 0.5;
  }
  const pad = (high - low) * share;
  return kind === "log" ? [Math.exp(low - pad), Math.exp(high + pad)] : [low - pad, high + pad];
}
