// Numbers, tables and command lines as text.
import { delimiter, dirname, join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandText, resumeText } from "../../src/cli/command-line.js";
import { predictionLines } from "../../src/cli/predict-summary.js";
import { tableLines } from "../../src/cli/table.js";
import { countLine } from "../../src/cli/verify.js";
import { bytesText, durationText, estimateText } from "../../src/cli/words.js";
import { formOf } from "../../src/report/numbers.js";

it("laws of one name that predict together are named once, with their weight", () => {
  const laws = [
    { name: "log-power-law", weight: 0.34 },
    { name: "inverse-log-square", weight: 0.11 },
    { name: "log-power-law", weight: 0.55 },
  ] as const;
  const growth = { overcompleteness: 8, from: null, features: null, activeUnits: null, percentActive: null };
  const none = { activeUnits: null, percentActive: null, value: null, lambdaDirect: null, lambda: null };
  const rest = { ...none, expectedCost: null, verified: null, swept: false, far: false, sizes: 6, growth };
  expect(predictionLines([{ features: 96, systemSize: 24_576, laws, ...rest }])).toContain(
    "F = 96: active units predicted by a power law with a logarithm (weight 0.89) and an inverse square of the logarithm (weight 0.11), from 6 sizes.",
  );
  const large = predictionLines([{ features: 1024, systemSize: 262_144, laws, ...rest }]);
  expect(large.filter((line) => /^ *1,024 +262,144 /.test(line))).toHaveLength(1);
});

describe("numbers as text", () => {
  it("half-widths keep one digit, two if they start with 1 or 2, and the value ends there", () => {
    const shown = (value: number, half: number) => estimateText({ value, low: value - half, high: value + half });
    expect(shown(0.8213, 0.034)).toBe("0.82 ±0.03");
    expect(shown(0.8213, 0.0174)).toBe("0.821 ±0.017");
    expect(shown(0.8213, 0.0263)).toBe("0.821 ±0.026");
    expect(shown(30.26, 0.61)).toBe("30.3 ±0.6");
    expect(shown(1903.4, 41.2)).toBe("1,903 ±41");
    expect(shown(-0.7512, 0.0096)).toBe("−0.751 ±0.010");
    expect(shown(5, 0)).toBe("5.000");
  });

  it("lopsided intervals are written as intervals, for the whole column", () => {
    const symmetric = { value: 1, low: 0.9, high: 1.1 };
    const lopsided = { value: 1, low: 0.95, high: 1.3 };
    expect(formOf([symmetric, null])).toBe("plusMinus");
    expect(formOf([symmetric, lopsided])).toBe("interval");
    expect(formOf([{ value: 1, low: 0.9, high: 1.13 }])).toBe("interval");
    expect(formOf([{ value: 1, low: 0.9, high: 1.11 }])).toBe("plusMinus");
    expect(estimateText(lopsided)).toBe("1.00 [0.95, 1.30]");
    expect(estimateText(null)).toBe("–");
  });

  it("the printed interval is within half a digit of the true one", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1e-6, max: 1e5, noNaN: true }), (v, half) => {
        const [number, width] = estimateText({ value: v, low: v - half, high: v + half })
          .split(" ±")
          .map((text) => Number(text.replaceAll("−", "-").replaceAll(",", "")));
        expect(Math.abs(number - v)).toBeLessThanOrEqual(0.2 * half + 1e-9);
        expect(Math.abs(width - half)).toBeLessThanOrEqual(0.2 * half + 1e-9);
      }),
    );
  });

  it("durations and bytes", () => {
    expect([4, 89, 90, 3600, 7300].map(durationText)).toEqual(["4 s", "89 s", "2 min", "60 min", "2 h 2 min"]);
    expect([0, 999, 1500, 4.2e9].map(bytesText)).toEqual(["0 B", "999 B", "1.5 kB", "4.2 GB"]);
  });
});

describe("tables", () => {
  it("decimal points stand one below the other", () => {
    const lines = tableLines(
      ["F", "error"],
      [
        ["8", "9.75 ±0.03"],
        ["1024", "101.2 ±0.4"],
      ],
    );
    expect(lines).toEqual(["   F          error", "   8     9.75 ±0.03", "1024   101.2 ±0.4"]);
  });
});

describe("command lines", () => {
  it("are quoted so that a shell reads the same words", () => {
    expect(commandText(["run", "--out", "my study", "--from", "it's"])).toBe(
      "crisp run --out 'my study' --from 'it'\\''s'",
    );
  });

  it("resume through what started them", () => {
    const again = (script: string, environment: NodeJS.ProcessEnv = {}) =>
      resumeText({ argv: ["run", "--seed", "2"], script, environment }).replace(/ run --seed 2$/, "");
    const clone = resolve("dist", "cli.js");
    const installed = resolve("/opt", "node_modules", "crisp-sparse", "dist", "cli.js");
    const command = resolve("/opt", "bin", "crisp-sparse");
    const path = { PATH: ["/bin", dirname(command)].join(delimiter) };
    expect(again(clone)).toBe(`node ${join("dist", "cli.js")}`);
    expect(again(resolve("/opt", "dist", "cli.js"))).toBe(`node ${resolve("/opt", "dist", "cli.js")}`);
    expect(again(command, path)).toBe("crisp-sparse");
    expect(again(command, { PATH: "/bin" })).toBe(command);
    expect(again(installed, path)).toBe("crisp");
    expect(again(installed, { npm_lifecycle_event: "npx" })).toBe("npx crisp-sparse");
    for (const npm_lifecycle_event of ["start", "crisp"])
      expect(again(clone, { npm_lifecycle_event, npm_package_name: "crisp-sparse" })).toBe("npm run -s crisp --");
    expect(again(command, { ...path, npm_lifecycle_event: "start", npm_package_name: "other" })).toBe("crisp-sparse");
  });
});

it("one item has equal bits, several have", () => {
  const item = (...differences: string[]) => ({ id: "a", label: "", differences });
  expect(countLine([item()], 1)).toBe("1 of 1 item has equal bits; 1 is finished.");
  expect(countLine([item(), item("one λ")], 440)).toBe("1 of 2 items have equal bits; 440 are finished.");
});
