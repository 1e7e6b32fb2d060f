/**
 * NIST Statistical Reference Datasets, nonlinear regression
 * (https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml): all 27 sets. The
 * files in nist/ are NIST's own, a work of the US government in the public
 * domain, from the tests of Ceres Solver 2.1.0 (data/nist) with line ends and
 * trailing blanks removed. Its Roszman1 states a wrong b1: that line is from the
 * copy in Math.NET Numerics, with which BoxBOD and Chwirut2 were compared whole.
 * The models stand here.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export type Reference = {
  readonly name: string;
  /** Predicted response; of ln y for Nelson. */
  readonly f: (b: readonly number[], x: readonly number[]) => number;
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly starts: readonly [readonly number[], readonly number[]];
  readonly certified: readonly number[];
  readonly standardDeviations: readonly number[];
  /** Residual sum of squares. */
  readonly rss: number;
};

type Model = Reference["f"];
const { exp, cos, sin, PI } = Math;

/** Σ c_i x^i. */
function polynomial(c: readonly number[], x: number): number {
  return c.reduceRight((sum, value) => sum * x + value, 0);
}

/** Numerator of b1 … bn over 1 + b(n+1)x + …. */
function rational(n: number): Model {
  return (b, [x]) => polynomial(b.slice(0, n), x) / polynomial([1, ...b.slice(n)], x);
}

const lanczos: Model = (b, [x]) => b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x);
const chwirut: Model = (b, [x]) => exp(-b[0] * x) / (b[1] + b[2] * x);
const gauss: Model = (b, [x]) =>
  b[0] * exp(-b[1] * x) + b[2] * exp(-(((x - b[3]) / b[4]) ** 2)) + b[5] * exp(-(((x - b[6]) / b[7]) ** 2));
const wave = (x: number, period: number, c: number, s: number): number =>
  c * cos((2 * PI * x) / period) + s * sin((2 * PI * x) / period);

const models: Readonly<Record<string, Model>> = {
  Bennett5: (b, [x]) => b[0] * (b[1] + x) ** (-1 / b[2]),
  BoxBOD: (b, [x]) => b[0] * (1 - exp(-b[1] * x)),
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  DanWood: (b, [x]) => b[0] * x ** b[1],
  ENSO: (b, [x]) => b[0] + wave(x, 12, b[1], b[2]) + wave(x, b[3], b[4], b[5]) + wave(x, b[6], b[7], b[8]),
  Eckerle4: (b, [x]) => (b[0] / b[1]) * exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  Hahn1: rational(4),
  Kirby2: rational(3),
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  MGH09: (b, [x]) => (b[0] * (x * x + x * b[1])) / (x * x + x * b[2] + b[3]),
  MGH10: (b, [x]) => b[0] * exp(b[1] / (x + b[2])),
  MGH17: (b, [x]) => b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4]),
  Misra1a: (b, [x]) => b[0] * (1 - exp(-b[1] * x)),
  Misra1b: (b, [x]) => b[0] * (1 - (1 + (b[1] * x) / 2) ** -2),
  Misra1c: (b, [x]) => b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
  Misra1d: (b, [x]) => (b[0] * b[1] * x) / (1 + b[1] * x),
  Nelson: (b, [time, temperature]) => b[0] - b[1] * time * exp(-b[2] * temperature),
  Rat42: (b, [x]) => b[0] / (1 + exp(b[1] - b[2] * x)),
  Rat43: (b, [x]) => b[0] / (1 + exp(b[1] - b[2] * x)) ** (1 / b[3]),
  Roszman1: (b, [x]) => b[0] - b[1] * x - Math.atan(b[2] / (x - b[3])) / PI,
  Thurber: rational(4),
};

export const references: readonly Reference[] = Object.entries(models).map(([name, f]) => read(name, f));

/** A file as NIST lays it out: starts and certified values in lines "b1 = …", data from line 61 on. */
function read(name: string, f: Model): Reference {
  const lines = readFileSync(resolve(import.meta.dirname, `nist/${name}.dat`), "utf8").split("\n");
  const numbers = (line: string): number[] => line.trim().split(/\s+/).map(Number);
  const parameters = lines.filter((line) => /^\s*b\d+ =/.test(line)).map((line) => numbers(line.split("=")[1]));
  const column = (i: number): number[] => parameters.map((row) => row[i]);
  const data = lines
    .slice(60)
    .filter((line) => line.trim() !== "")
    .map(numbers);
  const stated = Number(/Residual Sum of Squares:\s+(\S+)/.exec(lines.join("\n"))![1]);
  const count = Number(/(\d+) Observations/.exec(lines.join("\n"))![1]);
  const all = [...parameters, ...data].flat();
  if (data.length !== count || !all.every(Number.isFinite)) throw new Error(`${name}.dat is not laid out as expected`);
  return {
    name,
    f,
    x: data.map(([, ...x]) => x),
    y: data.map(([y]) => (name === "Nelson" ? Math.log(y) : y)),
    starts: [column(0), column(1)],
    certified: column(2),
    standardDeviations: column(3),
    rss: stated,
  };
}
