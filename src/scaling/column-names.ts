/**
 * Which field of a table holds which column: as the caller says, else by its own
 * name in any case, else by the names of the field (L, T, chi, run, err).
 */
import { CrispError, nearestWord } from "../core/errors.js";
import type { ColumnName } from "./columns.js";

/** The columns that a fit reads. */
export const columnNames: readonly ColumnName[] = ["size", "control", "value", "replicate", "error", "x"];

/** Names in the table, by column. */
export type GivenColumns = Readonly<Partial<Record<ColumnName, string>>>;

/** A column, its name in the table, and its place in a row. */
export type FoundColumn = { readonly name: ColumnName; readonly own: string; readonly at: number };

const knownColumns = ["size", "control", "value", "replicate", "error"] as const;
type KnownColumn = (typeof knownColumns)[number];

/** Names of the field, each known by one meaning. Single letters by their case; others in any case, without blanks and marks. */
const fieldNames: Readonly<Record<KnownColumn, readonly string[]>> = {
  size: "L N length linearsize systemsize latticesize features neurons".split(" "),
  control: "T p K J h g W β λ temp temperature beta lambda coupling field probability disorder controlparameter".split(
    " ",
  ),
  value:
    "C M E P S U y m χ ξ ρ chi susceptibility cv u4 binder xi rho mag magnetisation magnetization energy observable orderparameter heatcapacity specificheat".split(
      " ",
    ),
  replicate: "run seed rep replica realisation realization".split(" "),
  error: "err stderr sem standarderror errorbar uncertainty std sd se".split(" "),
};

/** What stands before or behind the name of a value in the name of its error. */
const errorWords = "err error stderr standarderror errorbar sem std stdev stddev sigma σ unc uncertainty".split(" ");

/**
 * The columns of a table, and a note on those that were recognised.
 *
 * @param file  named in errors
 * @param names  the fields of the table
 * @param given  names that the caller states; then none is guessed
 * @throws CrispError `data` for a column that is missing, misspelt, there twice or open to doubt
 */
export function findColumns(
  file: string,
  names: readonly string[],
  given?: GivenColumns,
): { readonly columns: readonly FoundColumn[]; readonly note: string | null } {
  const stated = given === undefined ? [] : statedColumns(file, names, given);
  const exact = exactColumns(file, names, stated);
  const taken = given === undefined && absentOf(names, exact).length > 0 ? recognised(file, names, exact) : [];
  const all = [...exact, ...taken];
  refuseAbsent(file, names, all);
  const columns = columnNames.flatMap((name) => all.find((column) => column.name === name) ?? []);
  const words = taken.map(({ name, own }) => `${own} as ${name}`);
  return {
    columns,
    note: words.length === 0 ? null : `${file}: took ${words.join(", ")}. Say otherwise with --columns.`,
  };
}

function statedColumns(file: string, names: readonly string[], given: GivenColumns): FoundColumn[] {
  return (Object.entries(given) as [ColumnName, string][]).map(([name, own]) => {
    const at = names.indexOf(own);
    if (at >= 0) return { name, own, at };
    const near = nearestWord(own, names);
    throw new CrispError(
      "data",
      `${file} has no column ${own}, which is to be ${name}; its columns are ${listOf(names)}. ${near === undefined ? "Name one of them." : `Did you mean ${near}?`}`,
    );
  });
}

/** Columns under their own names, beside those that are stated. */
function exactColumns(file: string, names: readonly string[], stated: readonly FoundColumn[]): FoundColumn[] {
  const lower = names.map((name) => name.toLowerCase());
  const open = columnNames.filter((name) => !stated.some((column) => column.name === name));
  const free = (at: number): boolean => !stated.some((column) => column.at === at);
  const twice = open.find((name) => lower.filter((one, at) => one === name && free(at)).length > 1);
  if (twice !== undefined)
    throw new CrispError("data", `${file} has two columns ${twice}; one is allowed. Rename or remove one.`);
  const found = open.flatMap((name) => {
    const at = lower.findIndex((one, i) => one === name && free(i));
    return at < 0 ? [] : [{ name, own: names[at], at }];
  });
  return [...stated, ...found];
}

/** Columns that a fit needs and that are not found. */
function absentOf(names: readonly string[], found: readonly FoundColumn[]): ColumnName[] {
  const needed: readonly ColumnName[] =
    named(names).length > found.length ? ["size", "value", "control"] : ["size", "value"];
  return needed.filter((name) => !found.some((column) => column.name === name));
}

/** Columns under names of the field; two that may be one column are refused. */
function recognised(file: string, names: readonly string[], exact: readonly FoundColumn[]): FoundColumn[] {
  const found: FoundColumn[] = [];
  for (const name of knownColumns) {
    const fits = called(names, name, [...exact, ...found]);
    if (fits.length > 1)
      throw new CrispError(
        "data",
        `${file}: ${fits.map(({ own }) => own).join(" and ")} may each be the column ${name}; one is needed. Say which: ${lineOf(names, [...exact, ...found, fits[0]])}.`,
      );
    found.push(...fits);
  }
  return found;
}

/** Fields, none of them taken, whose names are of this column; none if it is found. */
function called(names: readonly string[], name: KnownColumn, found: readonly FoundColumn[]): FoundColumn[] {
  if (found.some((column) => column.name === name)) return [];
  const value = found.find((column) => column.name === "value")?.own;
  return names
    .map((own, at) => ({ name, own, at }))
    .filter(({ own, at }) => !found.some((column) => column.at === at) && isCalled(own, name, value));
}

/** Whether a field has a name of this column; errors may be named after the value: chi_err, dchi. */
function isCalled(own: string, name: KnownColumn, value: string | undefined): boolean {
  if (fieldNames[name].includes(wordOf(own))) return true;
  return name === "error" && value !== undefined && stemsOf(own).includes(wordOf(value).toLowerCase());
}

/** What an error may be the error of: chi for chi_sd, dchi and σ_chi. Of two letters or fewer, words need a mark: MSD is not M_sd. */
function stemsOf(own: string): string[] {
  const word = wordOf(own).toLowerCase();
  const words = /[\s_.-]/.test(own) ? [...errorWords, "sd", "se", "s"] : errorWords;
  return [
    ...[...words, "d", "δ"].filter((one) => word.startsWith(one)).map((one) => word.slice(one.length)),
    ...words.filter((one) => one !== "s" && word.endsWith(one)).map((one) => word.slice(0, -one.length)),
  ].filter((stem) => stem !== "");
}

/** A name without its unit, blanks and marks; letters small unless it is one letter. */
function wordOf(name: string): string {
  const word = name.replace(/\s*[([].*$/, "").replace(/[\s_.-]/g, "");
  return word.length === 1 ? word : word.toLowerCase();
}

function refuseAbsent(file: string, names: readonly string[], found: readonly FoundColumn[]): void {
  const needed = absentOf(names, found);
  if (needed.length > 0 && names.every((name, i) => name === String(i + 1)))
    throw new CrispError(
      "data",
      `${file} has no line of names: its first line has numbers alone; names are needed. Write size,control,value above it, or say which column is which: --columns size=1,control=2,value=3.`,
    );
  const others = othersOf(names, found);
  for (const name of columnNames.filter((one) => !found.some((column) => column.name === one))) {
    const near = name === "x" ? undefined : nearestWord(name, others);
    if (!needed.includes(name) && near === undefined) continue;
    const wide = others.filter((one) => /^\D+\d+$/.test(one)).length > 1 && name === "size";
    if (near === undefined && !wide && others.length > 0) throw unrecognised(file, names, found);
    const advice =
      near === undefined
        ? wide
          ? "A column per size is not read: write a row per size and control."
          : "Add it."
        : `Did you mean ${name} by ${near}? ${adviceOn({ name, own: near, at: names.indexOf(near) }, names, found)}`;
    throw new CrispError(
      "data",
      `${file} has no column ${name}; its columns are ${listOf(names)}. ${needed.includes(name) ? "size, control and value are needed. " : ""}${advice}`,
    );
  }
}

/** What to do about a misspelt column. To rename it is enough only where no other one is missing. */
function adviceOn(near: FoundColumn, names: readonly string[], found: readonly FoundColumn[]): string {
  const needed = absentOf(names, found);
  if (needed.length === 0) return "Rename it.";
  const line = lineOf(names, [...found, near]);
  return needed.length > 1 ? `Say which is which, such as ${line}.` : `Rename it. Or say which: ${line}.`;
}

/** Which columns are not recognised, and what they may be. */
function unrecognised(file: string, names: readonly string[], found: readonly FoundColumn[]): CrispError {
  const others = othersOf(names, found);
  const guessed = guess(names, found);
  const missing = guessed.length > 0 ? guessed.map(({ name }) => name) : absentOf(names, found);
  return new CrispError(
    "data",
    `${file}: ${others.join(" and ")} ${others.length > 1 ? "are names" : "is a name"} of no known column; ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not found among ${listOf(names)}. Say which is which, such as ${lineOf(names, found)}.`,
  );
}

/** The whole option --columns as a shell takes it: with it, no column is taken by guess. */
function lineOf(names: readonly string[], found: readonly FoundColumn[]): string {
  const all = [...found, ...guess(names, found)];
  const columns = columnNames.flatMap((name) => all.find((column) => column.name === name) ?? []);
  const pairs = columns.map(({ name, own }) => `${name}=${own}`).join(",");
  return `--columns ${/[\s()[\]{}*?&|;<>#!^~]/.test(pairs) ? `"${pairs}"` : pairs}`;
}

/** What the columns that are not found may be: by names of the field, then the last that looks like an error, then by place. */
function guess(names: readonly string[], found: readonly FoundColumn[]): FoundColumn[] {
  const known: FoundColumn[] = [];
  for (const name of knownColumns) known.push(...called(names, name, [...found, ...known]).slice(0, 1));
  const all = [...found, ...known];
  const others = othersOf(names, all);
  const has = (name: ColumnName): boolean => all.some((column) => column.name === name);
  const order = (["size", "control", "value"] as const).filter((name) => !has(name));
  // A single column beside the sizes is the value: a table needs no control.
  const needed = order.filter((name) => name !== "control");
  const looks = others.length > needed.length && !has("error") ? others.filter((own) => isErrorLike(own, names)) : [];
  const rest = others.filter((name) => name !== looks.at(-1));
  const roles = rest.length < order.length ? needed : order;
  const placed = [
    ...roles.slice(0, rest.length).map((name, i) => ({ name, own: rest[i] })),
    ...looks.slice(-1).map((own) => ({ name: "error" as const, own })),
  ];
  return [...known, ...placed.map((column) => ({ ...column, at: names.indexOf(column.own) }))];
}

/** Whether a name may be of an error: it says so, or it is made of the beginning of another one, as dC beside Cmax. */
function isErrorLike(own: string, names: readonly string[]): boolean {
  const words = names.filter((name) => name !== own).map((name) => wordOf(name).toLowerCase());
  return /err|uncert/i.test(own) || stemsOf(own).some((stem) => words.some((word) => word.startsWith(stem)));
}

/** Fields that are no column as yet. */
function othersOf(names: readonly string[], found: readonly FoundColumn[]): string[] {
  return named(names).filter((name) => !found.some(({ own }) => own === name));
}

/** A separator at the end of lines makes a column without a name. */
function named(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== "");
}

function listOf(names: readonly string[]): string {
  return named(names).join(", ") || "none";
}
