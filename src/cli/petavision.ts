/**
 * `crisp run --protocol petavision`: a study whose dictionaries are learned by PetaVision's rule, with the values of
 * its tutorial of 2023 (docs/commands.md, crisp train), and whose networks are then also coded by its LCA.
 */
import { CrispError } from "../core/errors.js";
import type { Layer } from "../study/precedence.js";

const learning = {
  lambda: 0.55,
  rule: "petavision",
  step: 1,
  momentumTau: 5,
  minibatch: 16,
  schedule: "constant",
  start: "petavision",
} as const;

/** One layer over the preset, below the user's own; none without a protocol. @throws CrispError `usage` for another */
export function protocolDefaults(protocol: { readonly value: string; readonly origin: string } | undefined): Layer[] {
  if (protocol === undefined) return [];
  if (protocol.value !== "petavision")
    throw new CrispError(
      "usage",
      `${protocol.origin}: protocol is ${protocol.value}; there is only petavision. Write --protocol petavision or leave it out.`,
    );
  const values = new Map<string, unknown>(Object.entries(learning).map(([key, value]) => [`learning.${key}`, value]));
  return [{ values, origin: () => protocol.origin }];
}
