/** The options of `crisp fit TABLE` as the user wrote them, checked; each fault is a `usage` error. */
import { CrispError, nearestWord } from "../core/errors.js";
import { counted } from "../core/words.js";
import { columnNames, type GivenColumns } from "../scaling/column-names.js";
import type { CrossingOptions } from "../scaling/crossing-collapse.js";
import { type LawChoice, lawNames, wordOf } from "../scaling/law-choice.js";
import type { AxisNames, TableOptions } from "../scaling/table.js";
import { anyNumberOf, numberOf, oneOf } from "./option-values.js";

/** Words of the command line. */
export type FitOptions = {
  readonly extremum?: string;
  readonly controlScale?: string;
  readonly critical?: string;
  readonly columns?: string;
  readonly sizesFrom?: string;
  readonly laws?: string;
  readonly exclude?: string;
  readonly valueExponent?: string;
  readonly correction?: string;
  readonly scaledRange?: string;
  readonly sizeName?: string;
  readonly controlName?: string;
  readonly valueName?: string;
  readonly out?: string;
  readonly figures?: string;
  readonly json?: boolean;
};

type Name = Exclude<keyof FitOptions, "json">;

const ofExtrema: readonly Name[] = ["controlScale", "laws", "exclude"];
const ofStudies: ReadonlySet<Name> = new Set(["laws", "exclude"]);
const ofCrossings: readonly Name[] = ["valueExponent", "correction", "scaledRange"];
const ofNames: readonly Name[] = ["sizeName", "controlName", "valueName"];
const ofTables: readonly Name[] = [
  ...["extremum", "critical", "columns", "sizesFrom", "out", "figures"],
  ...[...ofNames, ...ofExtrema, ...ofCrossings],
] as readonly Name[];

/** Refuses options of tables for the folder of a study. */
export function refuseTableOptions(source: string, options: FitOptions): void {
  const flag = given(
    options,
    ofTables.filter((name) => !ofStudies.has(name)),
  );
  if (flag === null) return;
  throw new CrispError(
    "usage",
    `${flag} is only for tables, but ${source} is a folder; a study is analysed by its own settings. Leave ${flag} out, or give a table.`,
  );
}

/** The flag of the first of these options that is there; null if none is. */
function given(options: FitOptions, names: readonly Name[]): string | null {
  const name = names.find((one) => options[one] !== undefined);
  return name === undefined ? null : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const longestName = 40;

/** What the axes are called in tables, figures and sentences; undefined where no name is given. */
export function namesOf(options: FitOptions): AxisNames | undefined {
  const names: Record<string, string> = {};
  for (const axis of ["size", "control", "value"] as const) {
    const name = options[`${axis}Name`]?.trim();
    if (name === undefined) continue;
    if (name === "" || name.length > longestName || /\p{C}/u.test(name))
      throw new CrispError(
        "usage",
        `--${axis}-name has ${counted(name.length, "character")}; a name has 1 to ${longestName}, none of them a control character. Write --${axis}-name ${{ size: "L", control: "T", value: "chi" }[axis]}.`,
      );
    names[axis] = name;
  }
  return Object.keys(names).length === 0 ? undefined : names;
}

/** What is asked of the extrema, or of the crossings where there are no extrema. */
export type Asked =
  | { readonly kind: "extrema"; readonly options: TableOptions }
  | { readonly kind: "crossings"; readonly options: CrossingOptions };

/** The options of a table. */
export function askedOf(options: FitOptions): Asked {
  const extremum =
    options.extremum === undefined ? undefined : oneOf("--extremum", options.extremum, ["min", "max", "none"]);
  const common = {
    ...(options.critical === undefined ? {} : { critical: anyNumberOf("--critical", options.critical, "2.2692") }),
    ...(options.sizesFrom === undefined ? {} : { sizesFrom: anyNumberOf("--sizes-from", options.sizesFrom, "16") }),
  };
  if (extremum === "none") {
    refuse(options, ofExtrema, "is for curves with extrema, and --extremum is none");
    return { kind: "crossings", options: { ...common, ...crossingOptions(options) } };
  }
  refuse(options, ofCrossings, "is for curves that cross, and --extremum is not none");
  const scale =
    options.controlScale === undefined
      ? {}
      : { controlScale: oneOf("--control-scale", options.controlScale, ["log", "linear"]) };
  const laws = lawChoiceOf(options) ?? {};
  return {
    kind: "extrema",
    options: { ...(extremum === undefined ? {} : { extremum }), ...common, ...scale, ...laws },
  };
}

/** The options of any command that judges laws: help of `--laws` and `--exclude` from it. */
export const lawOptions = {
  laws: ["--laws <list>", `only these laws compete, of ${lawNames.join(", ")}; or all`],
  exclude: ["--exclude <list>", "these laws do not compete, such as log-power-law or log-power-law:1/2; or none"],
} as const;

/** The laws that compete by `--laws` and `--exclude`, each word checked; undefined where neither is given. */
export function lawChoiceOf({ laws, exclude }: Pick<FitOptions, "laws" | "exclude">): LawChoice | undefined {
  if (laws === undefined && exclude === undefined) return undefined;
  return {
    ...lawsOf("laws", laws === "all" ? undefined : laws),
    ...lawsOf("exclude", exclude === "none" ? undefined : exclude),
  };
}

/** The laws that an option names. */
function lawsOf(name: "laws" | "exclude", given: string | undefined): LawChoice {
  if (given === undefined) return {};
  const words = given.split(",").map((word) => word.trim());
  try {
    for (const word of words) wordOf(word);
  } catch (error) {
    throw error instanceof CrispError ? new CrispError(error.code, `--${name}: ${error.message}`) : error;
  }
  return { [name]: words };
}

function refuse(options: FitOptions, names: readonly Name[], because: string): void {
  const flag = given(options, names);
  if (flag !== null) throw new CrispError("usage", `${flag} ${because}. Leave ${flag} out, or change --extremum.`);
}

function crossingOptions({ valueExponent, correction, scaledRange }: FitOptions): CrossingOptions {
  return {
    ...(valueExponent === undefined
      ? {}
      : {
          valueExponent:
            valueExponent === "free"
              ? "free"
              : anyNumberOf("--value-exponent", valueExponent, "free or --value-exponent 1"),
        }),
    ...(correction === undefined
      ? {}
      : { correction: numberOf("--correction", correction, { above: 0, example: "1" }) }),
    ...(scaledRange === undefined ? {} : { scaledRange: rangeOf(scaledRange) }),
  };
}

function rangeOf(text: string): readonly [number, number] {
  const [low, high, ...rest] = text.split(",").map((part) => anyNumberOf("--scaled-range", part, "-1,1"));
  if (high !== undefined && rest.length === 0 && low < high) return [low, high];
  throw new CrispError("usage", `--scaled-range is ${text}; it must be two numbers, the lower first. Write -1,1.`);
}

/** Names of columns from "size=L,control=T,value=chi"; undefined where none are given. */
export function columnsOf(text: string | undefined): GivenColumns | undefined {
  if (text === undefined) return undefined;
  const given: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const [, name, own] = /^\s*(\w+)\s*=\s*(.*\S)\s*$/.exec(pair) ?? [];
    if ((columnNames as readonly string[]).includes(name) && !(name in given)) {
      given[name] = own;
      continue;
    }
    const near = name === undefined ? undefined : nearestWord(name, columnNames);
    throw new CrispError(
      "usage",
      `--columns has ${JSON.stringify(pair)}; it must be pairs COLUMN=NAME, each column once, of ${columnNames.join(", ")}. ${near === undefined || near in given ? "Write --columns size=L,control=T,value=chi." : `Did you mean ${near}?`}`,
    );
  }
  return given;
}
