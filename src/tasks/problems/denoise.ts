/** Denoising, the poster's problem: y = s + σn, the error against the clean image. */
import { percentOf } from "../../coding/metrics.js";
import { noisy } from "../../images/noise.js";
import type { Measure, Problem } from "./problem.js";

/** 100 · ‖s − ŝ‖ / ‖s‖ over what is judged; ‖s‖² is the number of values where a normalised image is judged whole. */
export const percentErrorMeasure: Measure = {
  name: "percent error",
  unit: "%",
  of: ({ squaredError, power }, n, values) => percentOf(squaredError[n], power ? power[n] : values),
};

export const denoise: Problem = {
  kind: "denoise",
  measure: percentErrorMeasure,
  options: {},
  stein: true,
  observe: ({ image, index, noise }) => ({ image: noisy(image, noise.sigma, noise, index) }),
};
