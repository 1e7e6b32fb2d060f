/** The law that a fit decided for, as an equation with its parameters and their intervals (scaling/laws.ts). */
import { families } from "../scaling/compare.js";
import type { Estimate, ModelFit, ScalingFit } from "../scaling/types.js";
import { asGiven, estimateText, sizeText } from "./numbers.js";

/**
 * "0.502 [0.498, 0.505] ln(L/8) + 1.236 [1.232, 1.241]": of the verdict's laws the one of most weight.
 *
 * @param L  what the size is called
 * @returns null where the verdict names no law
 */
export function lawFormula(fit: ScalingFit, L: string): string | null {
  const own = fit.models.filter(({ name, open }) => open && families[name] === fit.verdict);
  if (own.length === 0) return null;
  return equation(
    own.reduce((best, one) => (one.weight > best.weight ? one : best)),
    L,
  );
}

/** null for fits of earlier versions, which name no reference size. */
function equation(model: ModelFit, L: string): string | null {
  const first = model.parameters.referenceSize?.value;
  if (first === undefined) return null;
  const ratio = `${L}/${sizeText(first)}`;
  const [u, ln] = [`(${ratio})`, `ln(${ratio})`];
  const of = (name: string): string => numberText(model.parameters[name] ?? null);
  const plus = (name: string): string => signed(model.parameters[name] ?? null);
  const power = `${of("amplitude")} × ${u}^${of("exponent")}`;
  // The known ℓ of log-power-law is the unit of L, or L₀e⁻² where L₀ < e.
  const log =
    "logShift" in model.parameters ? `(${ln}${plus("logShift")})` : first >= Math.E ? `(ln ${L})` : `(${ln} + 2)`;
  const square = `${of("amplitude")} / (${ln}${plus("logShift")})²`;
  switch (model.name) {
    case "constant":
      return of("level");
    case "logarithm":
      return `${of("slope")} ${ln}${plus("level")}`;
    case "corrected-logarithm":
      return `${of("slope")} ${ln}${plus("level")}${plus("correction")} × ${u}^−1`;
    case "exponential":
      return `${of("amplitude")} exp(${of("rate")} × (${ratio} − 1))`;
    case "saturation":
      return `${of("amplitude")} exp(−(${ratio} − 1) / ${of("range")})${plus("limit")}`;
    case "power-law":
      return power;
    case "shifted-power-law":
      return `${power}${plus("offset")}`;
    case "corrected-power-law":
      return `${power} × (1${plus("correction")} × ${u}^−${of("omega")})`;
    case "log-power-law":
      return `${power} × ${log}^${of("logExponent")}`;
    case "inverse-log-square":
      return square;
    case "shifted-inverse-log-square":
      return `${square}${plus("offset")}`;
  }
  return model.name satisfies never;
}

/** A parameter with its interval; one that was held has none. */
function numberText(e: Estimate | null): string {
  if (e === null) return "(undetermined)";
  return e.low === e.high ? asGiven(Number(e.value.toPrecision(4))) : estimateText(e);
}

/** " + 1.2 [1.1, 1.3]", or " − 1.2 [1.1, 1.3]" of a negative one. */
function signed(e: Estimate | null): string {
  if (e === null || e.value >= 0) return ` + ${numberText(e)}`;
  return ` − ${numberText({ value: -e.value, low: -e.high, high: -e.low })}`;
}
