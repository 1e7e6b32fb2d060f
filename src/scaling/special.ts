/**
 * Distribution functions and quantiles of the normal, t, F and χ² laws.
 * All follow from the incomplete gamma and beta functions: series where they
 * converge fast, Lentz's continued fractions elsewhere (Numerical Recipes
 * §6.2, §6.4; Abramowitz and Stegun 26.4–26.7). Relative error below 1e-12 for
 * up to 10⁴ degrees of freedom; a dof of Infinity is the normal or χ² limit.
 */
import { CrispError } from "../core/errors.js";

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0, by Lanczos' sum with g = 7. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const z = x - 1;
  let sum = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i] / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Q(a, x) = Γ(a, x)/Γ(a), the upper regularised incomplete gamma function. */
export function gammaUpper(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - lnGamma(a));
  if (x >= a + 1) return front * gammaFraction(a, x);
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10_000 && Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - front * sum;
}

/** Γ(a, x)·eˣ·x⁻ᵃ for x ≥ a + 1. */
function gammaFraction(a: number, x: number): number {
  return lentz(x + 1 - a, (i) => [-i * (i - a), x + 1 - a + 2 * i]);
}

/** 1/(b₀ + a₁/(b₁ + a₂/(b₂ + …))) by the modified method of Lentz. */
function lentz(b0: number, term: (i: number) => readonly [a: number, b: number]): number {
  const tiny = 1e-300;
  let c = 1 / tiny;
  let d = 1 / (b0 || tiny);
  let value = d;
  for (let i = 1; i < 20_000; i++) {
    const [a, b] = term(i);
    d = 1 / (a * d + b || tiny);
    c = b + a / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/** I_x(a, b), the regularised incomplete beta function. */
export function betaRegularised(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return (front / a) * betaFraction(a, b, x);
  return 1 - (front / b) * betaFraction(b, a, 1 - x);
}

function betaFraction(a: number, b: number, x: number): number {
  return lentz(1, (i) => {
    const m = i >> 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [i % 2 === 0 ? even : odd, 1];
  });
}

/** P(Z ≤ z) for a standard normal Z. */
export function normalCdf(z: number): number {
  const tail = 0.5 * gammaUpper(0.5, (z * z) / 2);
  return z < 0 ? tail : 1 - tail;
}

/** P(T ≤ t) for Student's t. */
export function tCdf(t: number, dof: number): number {
  if (dof === Infinity) return normalCdf(t);
  const tail = 0.5 * betaRegularised(dof / 2, 0.5, dof / (dof + t * t));
  return t < 0 ? tail : 1 - tail;
}

/** P(X > x) for χ² with `dof` degrees of freedom. */
export function chiSquareTail(x: number, dof: number): number {
  return gammaUpper(dof / 2, x / 2);
}

/** P(X > x) for F with (numerator, denominator) degrees of freedom. */
export function fTail(x: number, numerator: number, denominator: number): number {
  if (x <= 0) return 1;
  if (denominator === Infinity) return chiSquareTail(x * numerator, numerator);
  return betaRegularised(denominator / 2, numerator / 2, denominator / (denominator + numerator * x));
}

/** z with P(Z ≤ z) = p. */
export function normalQuantile(p: number): number {
  return tQuantile(p, Infinity);
}

/** t with P(T ≤ t) = p. */
export function tQuantile(p: number, dof: number): number {
  checkProbability(p);
  if (!(dof > 0)) throw new CrispError("internal", `t quantile: dof is ${dof}; it must be above 0.`);
  if (p === 0.5) return 0;
  if (p > 0.5) return -tQuantile(1 - p, dof);
  return -falling((t) => tCdf(-t, dof), p);
}

/** x with P(X ≤ x) = p for χ². */
export function chiSquareQuantile(p: number, dof: number): number {
  checkProbability(p);
  return falling((x) => chiSquareTail(x, dof), 1 - p);
}

/** x with P(X ≤ x) = p for F. */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  checkProbability(p);
  return falling((x) => fTail(x, numerator, denominator), 1 - p);
}

function checkProbability(p: number): void {
  if (p > 0 && p < 1) return;
  throw new CrispError("internal", `quantile: the probability is ${p}; it must lie strictly between 0 and 1.`);
}

/**
 * x > 0 with tail(x) = target, for a tail that falls from above the target:
 * Illinois' false position on ln tail, in ln x, to 1e-15.
 */
function falling(tail: (x: number) => number, target: number): number {
  const miss = (u: number): number => Math.log(tail(Math.exp(u)) / target);
  let low = 0;
  let high = 1;
  while (miss(low) <= 0 && low > -700) low -= 2;
  while (miss(high) > 0 && high < 700) high += 2;
  let missLow = miss(low);
  let missHigh = Math.max(miss(high), -700);
  for (let i = 0; i < 200 && high - low > 1e-15 * Math.max(1, Math.abs(high)); i++) {
    // Every fourth step halves, so a flat tail cannot stall the false position.
    const middle = i % 4 === 3 ? (low + high) / 2 : low + ((high - low) * missLow) / (missLow - missHigh);
    const value = Math.max(miss(middle), -700);
    if (value === 0 || middle <= low || middle >= high) return Math.exp(middle);
    if (value > 0) {
      low = middle;
      missLow = value;
      missHigh /= 2;
    } else {
      high = middle;
      missHigh = value;
      missLow /= 2;
    }
  }
  return Math.exp((low + high) / 2);
}
