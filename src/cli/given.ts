/**
 * `--dictionaries`: what the files fix of a study's settings, as one more layer
 * over the preset. Sizes, replicates and patch come from the files, so no other
 * place may name them; `leftOut` may name one of the sizes.
 */

import type { GivenDictionaries } from "../app/given-dictionaries.js";
import type { DictionaryOptions } from "../coding/dictionary-file.js";
import { CrispError } from "../core/errors.js";
import { readGivenDictionaries } from "../node/given-dictionaries.js";
import { type Layer, valueOfText } from "../study/precedence.js";

/** Names of settings that the files decide. */
const decided = ["features", "replicates", "patch", "atoms"] as const;

export type Given = { readonly dictionaries: GivenDictionaries; readonly layer: Layer };

/**
 * @param files   paths, separated by commas, and the place that named them
 * @param places  the user's own layers, lowest first
 */
export function givenDictionaries(
  files: { readonly value: string; readonly origin: string },
  places: readonly Layer[],
  options: DictionaryOptions,
): Given {
  const { origin } = files;
  for (const path of decided) {
    const other = places.findLast(({ values }) => values.has(path));
    if (other)
      throw new CrispError(
        "usage",
        `${other.origin(path)}: ${path} is ${other.values.get(path)}; with ${origin} it comes from the files. Leave it out.`,
      );
  }
  const paths = files.value.split(",").map((path) => path.trim());
  const read = readGivenDictionaries(
    paths.filter((path) => path !== ""),
    options,
  );
  const values = new Map<string, unknown>([
    ...sizesOf(read.sizes, places),
    ["replicates", read.replicates],
    ["patch", read.patch],
    ["atoms", "given"],
  ]);
  return { dictionaries: read, layer: { values, origin: () => origin } };
}

/** The files' sizes, fitted and left out; where images grow `leftOut` names sides and is not theirs. */
function sizesOf(sizes: readonly number[], places: readonly Layer[]): readonly (readonly [string, unknown])[] {
  if (lastOf("sizeAxis", places) === "image") return [["features", sizes]];
  const leftOut = leftOutOf(sizes, places);
  return [
    ["features", sizes.filter((size) => !leftOut.includes(size))],
    ["leftOut", leftOut],
  ];
}

function lastOf(path: string, places: readonly Layer[]): unknown {
  return places.findLast(({ values }) => values.has(path))?.values.get(path);
}

/** Sizes kept out of the fits: those the user names, which must be among the files; none by default. */
function leftOutOf(sizes: readonly number[], places: readonly Layer[]): readonly number[] {
  const place = places.findLast(({ values }) => values.has("leftOut"));
  if (!place) return [];
  const value = place.values.get("leftOut");
  const asked = Array.isArray(value) ? value : (valueOfText("leftOut", String(value)) as unknown[]);
  const other = asked.find((size) => !sizes.includes(size as number));
  if (other === undefined) return asked as number[];
  throw new CrispError(
    "usage",
    `${place.origin("leftOut")}: leftOut has ${other}; the dictionaries have ${sizes.join(", ")} atoms. Name one of these sizes, or none.`,
  );
}
