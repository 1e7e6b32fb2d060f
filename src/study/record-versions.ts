/**
 * Records of earlier versions, read as today's. Version 1 called the measure `percentError` everywhere,
 * since there was no other, and the law of λ* `lambdaLocation`; `normalise` was spelled with a z.
 */
import { percentErrorMeasure } from "../tasks/problems/denoise.js";
import type { StudyRecord } from "./record.js";
import type { StudySettings } from "./settings.js";

/** scaling.json's present version. */
export const recordVersion = 2 as const;

type Old = Readonly<Record<string, unknown>>;

/** A record of this or an earlier version; null where it is none. */
export function readableRecord(record: Old): StudyRecord | null {
  const { minima, warnings, settings } = record;
  if (!Array.isArray(minima) || !Array.isArray(warnings) || typeof settings !== "object" || settings === null)
    return null;
  if (record.schemaVersion === recordVersion) return record as unknown as StudyRecord;
  return record.schemaVersion === 1 ? upgraded(record) : null;
}

function upgraded({ lambdaLocation, ...record }: Old): StudyRecord {
  const renamed = withValue({ ...record, lambda: lambdaLocation }) as Old;
  const { name, unit } = percentErrorMeasure;
  const settings = presentSettings(record.settings as Old);
  return { ...renamed, schemaVersion: recordVersion, measure: { name, unit }, settings } as unknown as StudyRecord;
}

/** Settings as they are spelled today. */
export function presentSettings(settings: Old): StudySettings {
  const { normalize, ...rest } = settings;
  return (normalize === undefined ? rest : { ...rest, normalise: normalize }) as unknown as StudySettings;
}

/** Every `percentError` of a record, at any depth, under its present name. */
function withValue(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withValue);
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name === "percentError" ? "value" : name, withValue(value)]),
  );
}
