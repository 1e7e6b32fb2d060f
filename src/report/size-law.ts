/**
 * What a panel against size draws through its points, and how it is named: the law that the verdict decided for, with
 * its band; where it is undecided, the range of the laws that fit, without a line; and where neither is there, a
 * straight line in dashes, which is no law.
 */
import type { BandPoint, ScalingFit } from "../scaling/types.js";
import type { ShownLaw, SizePoint } from "./figures/scaling.js";
import { lawLabel } from "./formula.js";
import { lawName, weighty } from "./laws.js";
import { hasInterval, intervalText, valueText } from "./numbers.js";

type PowerLaw = NonNullable<ScalingFit["powerLaw"]>;

/** What stands for a fit among its points; null without one. `L` is what an equation calls the size, marked up. */
export function shownLaw(fit: ScalingFit, measured: readonly SizePoint[], L = "_L_"): ShownLaw | null {
  const used = measured.filter(({ leftOut }) => !leftOut);
  const shown = decided(fit, L) ?? open(fit) ?? guide(fit);
  return used.length === 0 ? null : shown && throughPoints(shown, used);
}

/** The plain power law as its slope, another law as its equation. */
function decided(fit: ScalingFit, L: string): ShownLaw | null {
  const { verdict, exponent, law, powerLaw } = fit;
  if (verdict === "power-law" && powerLaw !== null)
    return { ...straight(powerLaw), band: powerLaw.band, line: "law", label: slopeLabel(powerLaw.exponent) };
  const equation = law ? lawLabel(fit, L) : null;
  if (!law || equation === null || law.band.length < 2) return null;
  const goes = exponent && hasInterval(exponent) ? [`~exponent ${valueText(exponent)} ${intervalText(exponent)}~`] : [];
  return {
    ...bent(law.band),
    line: "law",
    label: [`**${equation}**`, `~${lawName(law.name)}~`, ...goes],
  };
}

/** Laws that are not told apart, as the range of all of them. */
function open(fit: ScalingFit): ShownLaw | null {
  const { range = [], exponentRange } = fit;
  if (range.length < 2) return null;
  const names = weighty(fit).map(({ name }) => lawName(name));
  const which =
    names.length === 1
      ? [`${names[0]} fits, not decided`]
      : names.length === 2
        ? inLines(names[0], `or ${names[1]}`)
        : [`${names.length} laws fit`];
  const leading = exponentRange && exponentRange.low < exponentRange.high;
  const exponent = leading
    ? [`~exponent in ${intervalText({ ...exponentRange, value: (exponentRange.low + exponentRange.high) / 2 })}~`]
    : [];
  return {
    ...bent(range),
    line: "none",
    label: ["**undecided**", ...which.map((line) => `~${line}~`), ...exponent],
  };
}

/** Characters of a label's line: a wider one covers points where a panel is narrow. */
const longest = 32;

function inLines(first: string, second: string): readonly string[] {
  const line = `${first} ${second}`;
  return line.length <= longest ? [line] : [first, second];
}

/** A straight line on the axes, with why it is no law. */
function guide(fit: ScalingFit): ShownLaw | null {
  const { powerLaw } = fit;
  if (powerLaw === null) return null;
  const label = [...slopeLabel(powerLaw.exponent), `~${standing(fit)}~`];
  return { ...straight(powerLaw), band: [], line: "guide", label };
}

function slopeLabel(exponent: PowerLaw["exponent"]): string[] {
  return [`**slope ${valueText(exponent)}**`, ...(hasInterval(exponent) ? [`~${intervalText(exponent)}~`] : [])];
}

/** Why a slope that is drawn is not reported. */
function standing({ verdict, models }: ScalingFit): string {
  if (models.some(({ name, adequate }) => name === "power-law" && adequate === false))
    return "a power law does not fit";
  if (verdict === "undecided") return "undecided";
  return verdict === "too-few-sizes" ? "too few sizes to test" : "not supported";
}

function straight({ amplitude, exponent }: PowerLaw): Pick<ShownLaw, "at" | "knots"> {
  return { at: (L) => amplitude.value * L ** exponent.value, knots: [] };
}

function bent(band: readonly BandPoint[]): Pick<ShownLaw, "at" | "knots" | "band"> {
  return { at: (size) => along(band, size), knots: band.map(({ size }) => size), band };
}

/** What a caption says of the lines and bands of some panels, each kind that is there once. */
export function drawnWords(fits: readonly ScalingFit[]): string {
  const lines = new Set(fits.map((fit) => (decided(fit, "L") ?? open(fit) ?? guide(fit))?.line));
  const sentences = [
    lines.has("law") && "Line and band: the law that is decided, with its 95% band; dashed where extrapolated.",
    lines.has("none") && "Outlined band: what the laws that are not told apart say, with their 95% bands.",
    lines.has("guide") && "Dashes alone: a straight line, where no law is decided.",
  ];
  return sentences.filter(Boolean).join(" ");
}

/** A band's middle at a size, straight on logarithmic axes between its points. */
function along(band: readonly BandPoint[], L: number): number {
  const beyond = band.findIndex(({ size }) => size >= L);
  const i = beyond < 0 ? band.length - 1 : Math.max(1, beyond);
  const [a, b] = [band[i - 1], band[i]];
  return a.value * (b.value / a.value) ** (Math.log(L / a.size) / Math.log(b.size / a.size));
}

/**
 * Errors that all sizes share, as those of the same test images, move line and points together, and let the line of
 * least χ² pass beside every point. Such a line is drawn, with its band, at the mean height of its points (of their
 * logarithms): its shape stays that of the fit.
 */
function throughPoints(shown: ShownLaw, used: readonly SizePoint[]): ShownLaw {
  if (used.length < 2) return shown;
  const heights = used.map(({ estimate }) => Math.log(estimate.value));
  const aside = used.map(({ L }, i) => heights[i] - Math.log(shown.at(L)));
  const mean = aside.reduce((sum, one) => sum + one, 0) / aside.length;
  const scatter = Math.sqrt(aside.reduce((sum, one) => sum + (one - mean) ** 2, 0) / aside.length);
  const seen = 0.01 * (Math.max(...heights) - Math.min(...heights));
  if (Math.abs(mean) <= Math.max(scatter, seen) || aside.some((one) => one * mean <= 0)) return shown;
  const up = Math.exp(mean);
  return {
    ...shown,
    at: (L) => up * shown.at(L),
    band: shown.band.map((one) => ({ ...one, value: up * one.value, low: up * one.low, high: up * one.high })),
    label: [...shown.label, "~line at the points’ mean height:~", "~all sizes share part of their error~"],
  };
}
