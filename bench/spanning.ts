/**
 * A table of curves that cross, with known answers: the probability that occupied sites of
 * an L × L square lattice span it from the first row to the last, open boundaries. Sites are
 * occupied in the order of one random number each until they span, so that a sample serves
 * every p (Newman and Ziff, Phys. Rev. E 64, 016706, 2001).
 * Known: p_c = 0.592746, ν = 4/3, 1/2 at p_c for L → ∞ and a correction of 1/L (Ziff, Phys.
 * Rev. Lett. 69, 2670, 1992), so crossings drift as L^(−7/4). Prints CSV:
 * node bench/run.mjs spanning > docs/examples/spanning.csv
 */
import { root } from "./union-find.js";
import { words } from "./words.js";

const critical = 0.592746;
const replicates = 4;
const points = 17;
/** Sites drawn a replicate: fewer samples of larger lattices. */
const budget = 1e7;

console.log("size,control,value,replicate");
[8, 12, 16, 24, 32, 48, 64].forEach((size, stream) => {
  const controls = Array.from({ length: points }, (_, k) =>
    Number((critical + 1.2 * ((2 * k) / (points - 1) - 1) * size ** -0.75).toPrecision(6)),
  );
  const samples = Math.ceil(budget / (size * size));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = words(2, stream, replicate);
    const lattice = { size, parent: new Int32Array(size * size + 2), keys: new Float64Array(size * size) };
    const counts = new Float64Array(points);
    for (let sample = 0; sample < samples; sample++) {
      const threshold = spanningThreshold(lattice, random);
      controls.forEach((p, k) => {
        if (threshold <= p) counts[k]++;
      });
    }
    controls.forEach((p, k) => {
      console.log(`${size},${p},${(counts[k] / samples).toPrecision(6)},${replicate}`);
    });
  }
});

type Lattice = { readonly size: number; readonly parent: Int32Array; readonly keys: Float64Array };

/** The random number of the site with which the first sample spans; the two last sites are the rows' outsides. */
function spanningThreshold({ size, parent, keys }: Lattice, random: { next(): number }): number {
  const n = size * size;
  parent.fill(-1);
  parent[n] = n;
  parent[n + 1] = n + 1;
  // 32 random bits above the site's number: sorting the keys sorts the sites.
  for (let i = 0; i < n; i++) keys[i] = random.next() * 0x100000 + i;
  keys.sort();
  for (let next = 0; next < n; next++) {
    const site = keys[next] % 0x100000;
    parent[site] = site;
    const column = site % size;
    const neighbours = [
      site < size ? n : site - size,
      site >= n - size ? n + 1 : site + size,
      column > 0 ? site - 1 : -1,
      column < size - 1 ? site + 1 : -1,
    ];
    for (const other of neighbours)
      if (other >= 0 && parent[other] >= 0) parent[root(parent, site)] = root(parent, other);
    if (root(parent, n) === root(parent, n + 1)) return Math.floor(keys[next] / 0x100000) / 0x100000000;
  }
  return 1;
}
