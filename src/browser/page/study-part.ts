/** The record of the full-size study as the page carries it: what its figures and sentences read, and no more. */
import type { ScalingFit } from "../../scaling/types.js";
import type { StudyRecord } from "../../study/record.js";

/** Six digits: far below every error, and a third of the bytes. */
const digits = 6;

/** The record with the laws' parameters, the scores of single sizes and what belongs to training left out. */
export function studyPart(record: StudyRecord): StudyRecord {
  const { location, value, lambda, activeUnits, scores } = record;
  const part: StudyRecord = {
    ...record,
    location: fitPart(location),
    value: fitPart(value),
    lambda: fitPart(lambda),
    activeUnits: fitPart(activeUnits),
    scores: { ...scores, leaveLargestOut: null, leaveOneOut: [] },
    training: [],
  };
  return JSON.parse(JSON.stringify(part), (_, one) =>
    typeof one === "number" ? Number(one.toPrecision(digits)) : one,
  );
}

function fitPart(fit: ScalingFit): ScalingFit {
  const models = fit.models.map((model) => ({ ...model, parameters: {}, covariance: null }));
  return { ...fit, models, localSlopes: [] };
}
