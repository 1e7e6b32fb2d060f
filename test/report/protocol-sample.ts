/** The made-up protocol of the sample study: no minimum after 100 steps, a slope of −0.4 after 250, one λ diverged. */
import type { ProtocolMinimum, ProtocolReading, ProtocolRecord } from "../../src/study/protocol/record.js";
import { about, fitOf, study } from "./sample.js";

const sizes = study.minima.slice(0, 4);

function reading(steps: number | null, slope: number, ratio: number): ProtocolReading {
  const minima = sizes.map(({ features, systemSize }, i): ProtocolMinimum => {
    const at = (first: number, b: number) => first * (systemSize / sizes[0].systemSize) ** b;
    const found = ratio > 0;
    return {
      features,
      systemSize,
      status: found ? "interior" : "edge",
      lambda: found ? about(at(0.2, 0.3), 0.01) : null,
      percentActive: found ? about(at(12 * ratio, slope), at(ratio, slope)) : null,
      activeUnits: found ? about(500 * ratio, 20) : null,
      value: found ? about(at(24 - ratio, -0.02), 0.2) : null,
      diverged: steps === 100 && i === 3 ? [0.1] : [],
      beside:
        found && steps !== null
          ? { lambda: 0.2, activeRatio: ratio, l1Ratio: 1.1, energyAbove: 3, value: 22, converged: 23 }
          : null,
    };
  });
  const fit = (quantity: string, b: number, at: number) => {
    const whole = fitOf(quantity, "undecided", { slope: about(b, 0.05), at, weights: {} });
    return ratio > 0 ? whole : { ...whole, verdict: "too-few-sizes" as const, exponent: null, powerLaw: null };
  };
  return {
    steps,
    minima,
    location: fit("percentActive", slope, 4),
    value: fit("value", -0.02, 23),
    lambda: fit("location", 0.3, 0.4),
    activeUnits: fit("activeUnits", 1 + slope, 500),
  };
}

/** The record behind the recorded figures of the section. */
export const protocolRecord: ProtocolRecord = {
  schemaVersion: 1,
  study: study.study,
  images: 24,
  timeStep: { kind: "adaptive", tau: 100, baseMin: 0.05, baseMax: 0.06, tauFactor: 0.03, growthFactor: 0.025 },
  start: "threshold",
  readings: [reading(100, 0, 0), reading(250, -0.4, 2.5), reading(null, -0.95, 1)],
  poster: study.exponents.poster,
  provenance: { version: "0.0.0", family: "wasm-2", node: "v22" },
};
