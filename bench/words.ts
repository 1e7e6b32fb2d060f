/** 32-bit random words from Philox for simulations: a quarter of a call each, one sequence a (seed, stream, index). */
import { philox, purpose } from "../src/core/random.js";

export type Words = {
  /** Whole number in 0 … 2³² − 1. */
  next(): number;
};

export function words(seed: number, stream: number, index: number): Words {
  const out = new Uint32Array(4);
  const counter = [index, 0, 0, purpose.test];
  const key = [seed, stream];
  let used = 4;
  return {
    next() {
      if (used === 4) {
        philox(counter, key, out);
        // The second word counts to 2³², the third takes over: no simulation here wraps.
        if (++counter[1] === 0x100000000) {
          counter[1] = 0;
          counter[2]++;
        }
        used = 0;
      }
      return out[used++];
    },
  };
}
