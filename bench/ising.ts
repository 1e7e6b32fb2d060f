/**
 * A table with known answers: the susceptibility of the square-lattice Ising
 * model by Wolff's clusters (Phys. Rev. Lett. 62, 361, 1989),
 *
 *   χ = L²(⟨m²⟩ − ⟨|m|⟩²)/T,   T_c = 2/ln(1 + √2),
 *
 * periodic L × L lattices, 8 replicates, 15 temperatures round each peak.
 * Exact: χ_max ~ L^(7/4), T_max − T_c ~ L^(−1). Prints CSV:
 * node bench/run.mjs ising > docs/examples/ising.csv
 */
import { words } from "./words.js";

const critical = 2 / Math.log(1 + Math.SQRT2);
const replicates = 8;
const points = 15;
const clusters = { thermal: 600, measured: 6000 };

console.log("size,control,value,replicate");
[8, 12, 16, 24, 32, 48, 64].forEach((size, stream) => {
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let k = 0; k < points; k++) {
      // The peak lies near T_c + 1/L; the grid reaches 2.1/L to either side of it.
      const temperature = Number((critical + (1 + (4.2 * k) / (points - 1) - 2.1) / size).toPrecision(7));
      const value = susceptibility(size, temperature, { stream, index: replicate * points + k });
      console.log(`${size},${temperature},${value.toPrecision(6)},${replicate}`);
    }
  }
});

function susceptibility(size: number, temperature: number, at: { stream: number; index: number }): number {
  const n = size * size;
  const spins = new Int8Array(n).fill(1);
  const stack = new Int32Array(n);
  const random = words(1, at.stream, at.index);
  // A bond between equal spins joins with probability 1 − exp(−2/T).
  const join = (1 - Math.exp(-2 / temperature)) * 0x100000000;
  let total = n;
  let [sum, squares] = [0, 0];
  for (let step = 0; step < clusters.thermal + clusters.measured; step++) {
    total += flip(spins, stack, size, join, random);
    if (step < clusters.thermal) continue;
    sum += Math.abs(total);
    squares += total * total;
  }
  const mean = sum / clusters.measured;
  return (squares / clusters.measured - mean * mean) / (n * temperature);
}

/** Flips one cluster and returns the change of Σ spins. One loop, for speed. */
function flip(spins: Int8Array, stack: Int32Array, size: number, join: number, random: { next(): number }): number {
  const n = size * size;
  const seed = Math.floor((random.next() / 0x100000000) * n);
  const spin = spins[seed];
  spins[seed] = -spin;
  stack[0] = seed;
  let [top, count] = [1, 1];
  while (top > 0) {
    const site = stack[--top];
    const column = site % size;
    for (let side = 0; side < 4; side++) {
      let other = 0;
      if (side === 0) other = column === 0 ? site + size - 1 : site - 1;
      else if (side === 1) other = column === size - 1 ? site - size + 1 : site + 1;
      else if (side === 2) other = site < size ? site + n - size : site - size;
      else other = site >= n - size ? site - n + size : site + size;
      if (spins[other] !== spin || random.next() >= join) continue;
      spins[other] = -spin;
      stack[top++] = other;
      count++;
    }
  }
  return -2 * spin * count;
}
