/**
 * How the units of a dictionary lie on an image: as asked for, else as its own file says, else
 * 2 pixels apart with boundary crop, which is then an assumption and is said to be one.
 */

import type { DictionaryFile } from "../coding/dictionary-file.js";
import type { Boundary, Extent } from "../core/geometry.js";

/** Stride and boundary, and which of them nobody named. */
export type Placement = {
  readonly stride: Extent;
  readonly boundary: Boundary;
  readonly assumed: readonly ("stride" | "boundary")[];
};

/** Stride and boundary of a dictionary's network; `asked` wins over its file. */
export function placementOf(
  file: Pick<DictionaryFile, "stride" | "boundary">,
  asked: { readonly stride?: Extent | null; readonly boundary?: Boundary | null } = {},
): Placement {
  const [stride, boundary] = [asked.stride ?? file.stride, asked.boundary ?? file.boundary];
  return {
    stride: stride ?? [2, 2],
    boundary: boundary ?? "crop",
    assumed: [...(stride ? [] : (["stride"] as const)), ...(boundary ? [] : (["boundary"] as const))],
  };
}

/** One sentence on what was assumed; null if nothing was. */
export function assumedText(path: string, { stride, boundary, assumed }: Placement): string | null {
  const values = { stride: stride.join("×"), boundary };
  const parts = assumed.map((name) => `${name} ${values[name]} (--${name})`);
  return parts.length === 0 ? null : `${path} does not say how its patches lie; assumed: ${parts.join(", ")}.`;
}
