/** From the options of the library's runStudy to the whole request: the preset, what differs from it, and the folder. */
import { layerOfTree, resolveSettings } from "../study/precedence.js";
import { defaultPreset, presets } from "../study/presets.js";
import { running, type StudyOptions } from "./front-door.js";
import { imagesName } from "./outputs.js";
import type { StudyRequest } from "./session.js";

/** The whole request of a study. @throws CrispError `usage` for a setting that is unknown or out of range */
export function studyRequest(options: StudyOptions, cores: number): StudyRequest {
  const { preset = defaultPreset, settings: chosen = {}, ...rest } = options;
  const settings = resolveSettings([layerOfTree(presets[preset], `preset ${preset}`), layerOfTree(chosen, "settings")]);
  return { out: `crisp-${imagesName(settings.data, rest.from)}-${preset}`, ...rest, ...running(rest, cores), settings };
}
