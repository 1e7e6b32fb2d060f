/** A fitted law as an equation with its numbers: "0.502 ln(L/8) + 1.236", in the form that laws.ts gives its functions. */
import type { Estimate, ModelFit } from "./types.js";

/** How an equation is written. */
export type Writing = {
  /** What the size is called. */
  readonly L: string;
  readonly size: (reference: number) => string;
  /** A parameter; null where the data do not determine it. */
  readonly number: (e: Estimate | null) => string;
  /** "^2" of "2"; that where it is not given. */
  readonly power?: (exponent: string) => string;
};

/** Plain numbers with six digits. */
const plain: Writing = {
  L: "L",
  size: String,
  number: (e) => (e === null ? "(undetermined)" : signText(String(Number(e.value.toPrecision(6))))),
};

/** The right side of y = f(L); null for fits of earlier versions, which name no reference size. */
export function equationOf(model: Pick<ModelFit, "name" | "parameters">, writing: Writing = plain): string | null {
  const { L, size, number, power = (exponent) => `^${exponent}` } = writing;
  const { parameters } = model;
  const first = parameters.referenceSize?.value;
  if (first === undefined) return null;
  const ratio = `${L}/${size(first)}`;
  const [u, ln] = [`(${ratio})`, `ln(${ratio})`];
  const of = (name: string): string => number(parameters[name] ?? null);
  const plus = (name: string): string => signed(parameters[name] ?? null, number);
  const leading = `${of("amplitude")} × ${u}${power(of("exponent"))}`;
  // The known ℓ of log-power-law is the unit of L, or L₀e⁻² where L₀ < e.
  const log = "logShift" in parameters ? `(${ln}${plus("logShift")})` : first >= Math.E ? `(ln ${L})` : `(${ln} + 2)`;
  const square = `${of("amplitude")} / (${ln}${plus("logShift")})²`;
  switch (model.name) {
    case "constant":
      return of("level");
    case "logarithm":
      return `${of("slope")} ${ln}${plus("level")}`;
    case "corrected-logarithm":
      return `${of("slope")} ${ln}${plus("level")}${plus("correction")} × ${u}${power("−1")}`;
    case "exponential":
      return `${of("amplitude")} exp(${of("rate")} × (${ratio} − 1))`;
    case "saturation":
      return `${of("amplitude")} exp(−(${ratio} − 1) / ${of("range")})${plus("limit")}`;
    case "power-law":
      return leading;
    case "shifted-power-law":
      return `${leading}${plus("offset")}`;
    case "corrected-power-law":
      return `${leading} × (1${plus("correction")} × ${u}${power(`−${of("omega")}`)})`;
    case "log-power-law":
      return `${leading} × ${log}${power(of("logExponent"))}`;
    case "inverse-log-square":
      return square;
    case "shifted-inverse-log-square":
      return `${square}${plus("offset")}`;
  }
  return model.name satisfies never;
}

/** " + 1.2 [1.1, 1.3]", or " − 1.2 [1.1, 1.3]" of a negative one. */
function signed(e: Estimate | null, number: Writing["number"]): string {
  if (e === null || e.value >= 0) return ` + ${number(e)}`;
  return ` − ${number({ value: -e.value, low: -e.high, high: -e.low })}`;
}

function signText(text: string): string {
  return text.replace(/-/g, "−");
}
