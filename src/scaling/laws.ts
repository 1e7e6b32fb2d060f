/**
 * The laws that compete to describe y(L), with u = L/L₀, L₀ the smallest size,
 * and x = ln L (1 + ln u where L₀ < e, for then ln L is not a scale):
 *
 *   constant             A                     power-law                   A·uᵇ
 *   logarithm            A + B ln u            corrected-power-law         A·uᵇ(1 + c·u^−ω)
 *   corrected-logarithm  A + B ln u + C/u      log-power-law               A·uᵇ·xᶜ
 *   exponential          A·exp(B(u − 1))       shifted-power-law           C + A·uᵇ
 *   saturation           C + B·exp(−(u − 1)/ξ)
 *   inverse-log-square   A/(ln u + s)²         shifted-inverse-log-square  C + A/(ln u + s)²
 *
 * Powers with logarithms are those of upper critical dimensions (Kenna 2004,
 * cond-mat/0405023: L²(ln L)^½ in the 4D Ising model), the inverse squares
 * those of Kosterlitz and Thouless' transition, s = ln(L₀/ℓ). Starts come from
 * a scan of the nonlinear parameter, the others solved linearly there.
 */
import type { ModelName } from "./types.js";

/** One law, with what its fit needs. */
export type Model = {
  readonly name: ModelName;
  /** Names of the fitted parameters, in order. */
  readonly parameters: readonly string[];
  /** What this member of its family holds fixed: ω of a correction, c of (ln L)ᶜ, s of an inverse square. */
  readonly fixed?: { readonly name: "omega" | "logExponent" | "logShift"; readonly value: number };
  /** Parameters that count in the comparison, where that is more than are fitted. */
  readonly counts?: number;
  /** f(u; θ). */
  readonly f: (theta: readonly number[], u: number) => number;
  readonly starts: (scan: Scan) => number[][];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
};

/** Least squares of y = Σ β_j·basis_j(u), relative errors; and its χ². */
export type Scan = {
  readonly u: readonly number[];
  readonly solve: (basis: readonly Basis[]) => { beta: number[]; chi2: number } | null;
};

type Basis = (u: number) => number;

const exponents = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.35, 1.8, 2.5, 3.5];
const signed = [...exponents.map((b) => -b), ...exponents];
const one: Basis = () => 1;

/** Bounds of s = ln(L₀/ℓ): no microscopic length is 20,000 times below the smallest size. */
const shiftBounds = { low: 0.05, high: 10 };
/** Exponents c of (ln L)ᶜ that compete with as few parameters as the plain power law. */
const knownLogExponents = [-1, -1 / 2, -1 / 3, -1 / 4, 1 / 4, 1 / 3, 1 / 2, 1];
/**
 * As near to a power as the logarithms of the field come (4-state Potts, XY in two dimensions). Eight sizes with 0.4 %
 * cannot tell them from it, so c counts as fitted: they widen the range of a power law's exponent and do not unname it.
 */
export const smallLogExponent = 1 / 8;
/** Exponents ω of corrections that compete with one parameter less than a free ω. */
const knownOmegas = [0.5, 1];

type Start = { readonly start: number[]; readonly chi2: number } | null;

/** The `keep` starts with the least χ² of a scan. */
function bestOf(candidates: readonly Start[], keep = 3): number[][] {
  const found = candidates.flatMap((candidate) => (candidate ? [candidate] : []));
  return found
    .sort((a, b) => a.chi2 - b.chi2)
    .slice(0, keep)
    .map(({ start }) => start);
}

function linearStart(...basis: readonly Basis[]): (scan: Scan) => number[][] {
  return (scan) => bestOf([withChi2(scan.solve(basis), (beta) => beta)]);
}

function withChi2(solved: ReturnType<Scan["solve"]>, start: (beta: number[]) => number[]): Start {
  return solved && { start: start(solved.beta), chi2: solved.chi2 };
}

const constant: Model = { name: "constant", parameters: ["level"], f: ([a]) => a, starts: linearStart(one) };
const logarithm: Model = {
  name: "logarithm",
  parameters: ["level", "slope"],
  f: ([a, b], u) => a + b * Math.log(u),
  starts: linearStart(one, Math.log),
};
const correctedLogarithm: Model = {
  name: "corrected-logarithm",
  parameters: ["level", "slope", "correction"],
  f: ([a, b, c], u) => a + b * Math.log(u) + c / u,
  starts: linearStart(one, Math.log, (u) => 1 / u),
};
const powerLaw: Model = {
  name: "power-law",
  parameters: ["amplitude", "exponent"],
  f: ([a, b], u) => a * u ** b,
  starts: (scan) =>
    bestOf(
      [-0.5, 0, 0.5].map((b) => withChi2(scan.solve([(u) => u ** b]), ([a]) => [a, b])),
      1,
    ),
};
const exponential: Model = {
  name: "exponential",
  parameters: ["amplitude", "rate"],
  f: ([a, b], u) => a * Math.exp(b * (u - 1)),
  starts: (scan) =>
    bestOf(rates(scan.u).map((b) => withChi2(scan.solve([(u) => Math.exp(b * (u - 1))]), ([a]) => [a, b]))),
};
const saturation: Model = {
  name: "saturation",
  parameters: ["limit", "amplitude", "range"],
  f: ([c, b, xi], u) => c + b * Math.exp(-(u - 1) / xi),
  starts: (scan) =>
    bestOf(
      rates(scan.u)
        .filter((rate) => rate < 0)
        .map((rate) => withChi2(scan.solve([one, (u) => Math.exp(rate * (u - 1))]), ([c, b]) => [c, b, -1 / rate])),
    ),
  lower: [-Infinity, -Infinity, 1e-3],
};
const shifted: Model = {
  name: "shifted-power-law",
  parameters: ["offset", "amplitude", "exponent"],
  f: ([c, a, b], u) => c + a * u ** b,
  starts: (scan) => bestOf(signed.map((b) => withChi2(scan.solve([one, (u) => u ** b]), ([c, a]) => [c, a, b]))),
  lower: [-Infinity, -Infinity, -8],
  upper: [Infinity, Infinity, 8],
};

/** A·uᵇ(1 + c·u^−ω) with ω fixed. */
function corrected(omega: number): Model {
  return {
    name: "corrected-power-law",
    parameters: ["amplitude", "exponent", "correction"],
    fixed: { name: "omega", value: omega },
    f: ([a, b, c], u) => a * u ** b * (1 + c * u ** -omega),
    starts: (scan) => bestOf([0, ...signed].map((b) => correctedStart(scan, b, { omega, rest: [] }))),
  };
}

const correctedFree: Model = {
  name: "corrected-power-law",
  parameters: ["amplitude", "exponent", "correction", "omega"],
  f: ([a, b, c, omega], u) => a * u ** b * (1 + c * u ** -omega),
  starts: (scan) =>
    bestOf(
      [0.25, 0.5, 1, 1.5, 2, 3].flatMap((omega) =>
        [0, ...signed].map((b) => correctedStart(scan, b, { omega, rest: [omega] })),
      ),
    ),
  lower: [-Infinity, -Infinity, -Infinity, 0.25],
  upper: [Infinity, Infinity, Infinity, 8],
};

function correctedStart(scan: Scan, b: number, { omega, rest }: { omega: number; rest: number[] }): Start {
  const solved = scan.solve([(u) => u ** b, (u) => u ** (b - omega)]);
  return withChi2(solved, ([a, ac]) => [a, b, ac / a, ...rest]);
}

/** A corrected law without its leading power: A(1 + c·u^−ω). */
export function correctionAlone(omega: number): Model {
  return {
    name: "shifted-power-law",
    parameters: ["offset", "amplitude"],
    f: ([c, a], u) => c + a * u ** -omega,
    starts: linearStart(one, (u) => u ** -omega),
  };
}

/** A·uᵇ·xᶜ with c fixed: as many parameters as the plain law. */
function logPower(origin: number, c: number): Model {
  const x: Basis = (u) => origin + Math.log(u);
  return {
    name: "log-power-law",
    parameters: ["amplitude", "exponent"],
    fixed: { name: "logExponent", value: c },
    f: ([a, b], u) => a * u ** b * x(u) ** c,
    starts: (scan) =>
      bestOf(
        [-0.5, 0, 0.5].map((b) => withChi2(scan.solve([(u) => u ** b * x(u) ** c]), ([a]) => [a, b])),
        1,
      ),
  };
}

function logPowerFree(origin: number): Model {
  const x: Basis = (u) => origin + Math.log(u);
  return {
    name: "log-power-law",
    parameters: ["amplitude", "exponent", "logExponent"],
    f: ([a, b, c], u) => a * u ** b * x(u) ** c,
    starts: (scan) =>
      bestOf(
        [-1, 0, 1].flatMap((b) =>
          [-1, 0, 1].map((c) => withChi2(scan.solve([(u) => u ** b * x(u) ** c]), ([a]) => [a, b, c])),
        ),
        1,
      ),
    // No logarithm of the field has a higher power; without bounds c and b undo each other.
    lower: [-Infinity, -Infinity, -2],
    upper: [Infinity, Infinity, 2],
  };
}

/** A·uᵇ·(ln L/ℓ)ᶜ with c fixed and ℓ free: a constant beside the logarithm. */
function logPowerShifted(c: number): Model {
  const at =
    (b: number, s: number): Basis =>
    (u) =>
      u ** b * (Math.log(u) + s) ** c;
  return {
    name: "log-power-law",
    parameters: ["amplitude", "exponent", "logShift"],
    fixed: { name: "logExponent", value: c },
    f: ([a, b, s], u) => a * at(b, s)(u),
    starts: (scan) =>
      bestOf(
        [-1, 0, 1].flatMap((b) => [1.5, 2.5, 5].map((s) => withChi2(scan.solve([at(b, s)]), ([a]) => [a, b, s]))),
        1,
      ),
    // ℓ up to L₀/4: nearer to L₀ such a logarithm bends as a correction does.
    lower: [-Infinity, -Infinity, Math.log(4)],
    upper: [Infinity, Infinity, shiftBounds.high],
  };
}

/** Values of s that start a fit. */
const logShifts = [0.2, 0.5, 1, 2, 4, 8];

const inverseLogSquare: Model = {
  name: "inverse-log-square",
  parameters: ["amplitude", "logShift"],
  f: ([a, s], u) => a / (Math.log(u) + s) ** 2,
  starts: (scan) => bestOf(logShifts.map((s) => withChi2(scan.solve([squareAt(s)]), ([a]) => [a, s]))),
  lower: [-Infinity, shiftBounds.low],
  upper: [Infinity, shiftBounds.high],
};

/** C + A/ln²L, the length ℓ known: the unit of L. */
function shiftedInverse(origin: number): Model {
  return {
    name: "shifted-inverse-log-square",
    parameters: ["offset", "amplitude"],
    fixed: { name: "logShift", value: origin },
    f: ([c, a], u) => c + a / (Math.log(u) + origin) ** 2,
    starts: linearStart(one, squareAt(origin)),
  };
}

const shiftedInverseFree: Model = {
  name: "shifted-inverse-log-square",
  parameters: ["offset", "amplitude", "logShift"],
  f: ([c, a, s], u) => c + a / (Math.log(u) + s) ** 2,
  starts: (scan) => bestOf(logShifts.map((s) => withChi2(scan.solve([one, squareAt(s)]), ([c, a]) => [c, a, s]))),
  lower: [-Infinity, -Infinity, shiftBounds.low],
  upper: [Infinity, Infinity, shiftBounds.high],
};

function squareAt(s: number): Basis {
  return (u) => (Math.log(u) + s) ** -2;
}

/** Rates from one that acts within the first step of u to one that hardly bends the whole range. */
function rates(u: readonly number[]): number[] {
  const [shortest, longest] = [(u[1] - 1) / 5, (u[u.length - 1] - 1) * 3];
  const found = Array.from({ length: 16 }, (_, i) => 1 / (shortest * (longest / shortest) ** (i / 15)));
  return [...found.map((rate) => -rate), ...found];
}

/** Laws that these ascending sizes can bear: two parameters need 3 sizes, three 5, a free ω 6. */
export function lawsFor(sizes: readonly number[]): Model[] {
  const n = sizes.length;
  const origin = originOf(sizes);
  const two = [constant, logarithm, exponential, powerLaw, inverseLogSquare, shiftedInverse(origin)];
  two.push(...knownLogExponents.map((c) => logPower(origin, c)));
  const three = [saturation, shifted, ...knownOmegas.map(corrected), correctedLogarithm, shiftedInverseFree];
  three.push(...[-smallLogExponent, smallLogExponent].map((c) => ({ ...logPower(origin, c), counts: 3 })));
  three.push(logPowerFree(origin), ...[-1, -1 / 2, 1 / 2, 1].map(logPowerShifted));
  return [...(n >= 3 ? two : []), ...(n >= 5 ? three : []), ...(n >= 6 ? [correctedFree] : [])];
}

/** ln L₀, or 2 where L₀ < e: the smallest size then counts as seven lattice spacings, as it often is. */
function originOf(sizes: readonly number[]): number {
  return sizes[0] >= Math.E ? Math.log(sizes[0]) : 2;
}

/** One member of a family: a correction with this ω, a logarithm with this c. */
export function memberOf(
  name: "corrected-power-law" | "log-power-law",
  value: number,
  sizes: readonly number[],
): Model {
  return name === "corrected-power-law" ? corrected(value) : logPower(originOf(sizes), value);
}
