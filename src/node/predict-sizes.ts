/** `crisp predict STUDY`: what a finished study expects at sizes never swept. */
import { resolve } from "node:path";
import { type PredictionForSize, predictSizes } from "../study/analyse.js";
import { readStudy } from "./read-study.js";

export async function predictSize(folder: string, features: readonly number[]): Promise<PredictionForSize[]> {
  const { sizes, plan } = await readStudy(resolve(folder));
  return predictSizes(sizes, plan, features);
}
