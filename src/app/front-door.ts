/**
 * What the library asks for, with a default for everything that has one: from
 * options to the whole requests that the use cases take.
 */

import type { CodingRule } from "../coding/engine.js";
import type { PresetName } from "../study/presets.js";
import type { LearningSettings, StudySettings, SweepSettings } from "../study/settings.js";
import type { EncodeRequest } from "./encode.js";
import type { StudyRequest } from "./session.js";

/** How work runs, and who listens; each has a default. */
export type Running = Pick<StudyRequest, "workers" | "signal" | "onEvent" | "command">;

/**
 * A request whose `workers` (one per core), `signal` (none), `onEvent` (nobody listens) and
 * `command` (as a report prints it) may be left out.
 */
export type WithDefaults<T> = Omit<T, keyof Running> & Partial<Pick<T, keyof Running & keyof T>>;

/** A coding: images, dictionary and λ's; the rest has defaults. */
export type EncodeOptions = Omit<EncodeRequest, "rule" | "workers"> & {
  /** Default: soft threshold, activities of at least 0, to a relative duality gap of 0.01. */
  readonly rule?: CodingRule;
  /** Worker threads; default one per core. The result does not depend on it. */
  readonly workers?: number;
};

/** Settings that differ from a preset's. */
export type SomeSettings = Partial<Omit<StudySettings, "learning" | "sweep">> & {
  readonly learning?: Partial<LearningSettings>;
  readonly sweep?: Partial<SweepSettings>;
};

/** A study: a preset, what differs from it, and where it lies; all of it has defaults. */
export type StudyOptions = Omit<WithDefaults<StudyRequest>, "settings" | "out"> & {
  /** Default: quick, which takes minutes on two cores; `tiny` takes less. */
  readonly preset?: PresetName;
  /** In place of the preset's; docs/commands.md has the meaning of each. */
  readonly settings?: SomeSettings;
  /** Folder of the study; default crisp-IMAGES-PRESET in the current folder, as `crisp run` has it. */
  readonly out?: string;
};

/** The coding of a request that says no more than images, dictionary and λ's. */
export function encodeRequest(options: EncodeOptions, cores: number): EncodeRequest {
  const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2 } as const;
  return { ...options, rule: options.rule ?? rule, workers: options.workers ?? cores };
}

/** What is left out of how work runs, filled in. */
export function running({ workers, signal, onEvent, command }: Partial<Running>, cores: number): Running {
  return {
    workers: workers ?? cores,
    signal: signal ?? new AbortController().signal,
    onEvent: onEvent ?? (() => {}),
    command: command ?? "a program that uses crisp-sparse",
  };
}
