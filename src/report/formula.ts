/** The law that a fit decided for, as an equation with its parameters (scaling/equation.ts). */
import { equationOf } from "../scaling/equation.js";
import { decidedModel } from "../scaling/leading.js";
import type { DecidedLaw, Estimate, ScalingFit } from "../scaling/types.js";
import { asGiven, estimateText, sizeText, valueText } from "./numbers.js";

/**
 * "0.502 [0.498, 0.505] ln(L/8) + 1.236 [1.232, 1.241]": of the verdict's laws the one of most weight.
 *
 * @param L  what the size is called
 * @returns null where the verdict names no law
 */
export function lawFormula(fit: ScalingFit, L: string): string | null {
  const model = decidedModel(fit);
  return model && equationOf(model, { L, size: sizeText, number: numberText(estimateText) });
}

/** The same without intervals, marked up for a figure: "0.502 ln(_L_/8) + 1.236". */
export function lawLabel(fit: ScalingFit, L: string): string | null {
  const model = decidedModel(fit);
  const power = (exponent: string) => `^{${exponent}}`;
  return model && equationOf(model, { L, size: sizeText, number: numberText(valueText), power });
}

/** The law that a fit decided for, where it is not the plain power law: on logarithmic axes it has no one slope. */
export function bentLaw({ law }: ScalingFit): DecidedLaw | null {
  return law && law.name !== "power-law" ? law : null;
}

/** A parameter; one that was held has no interval. */
function numberText(written: (e: Estimate) => string): (e: Estimate | null) => string {
  return (e) => {
    if (e === null) return "(undetermined)";
    return e.low === e.high ? asGiven(Number(e.value.toPrecision(4))) : written(e);
  };
}
