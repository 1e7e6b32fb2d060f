/**
 * A table with known answers: site percolation on the square lattice, the mean
 * cluster size without the largest cluster,
 *
 *   S = (Σ s² − s_max²)/L²,   p_c = 0.592746,
 *
 * open boundaries, sites occupied in the order of one random number each, so
 * that a sample serves every p (Newman and Ziff, Phys. Rev. E 64, 016706, 2001).
 * Exact: S_max ~ L^(43/24), p_c − p_max ~ L^(−3/4). Prints CSV:
 * node bench/run.mjs percolation > docs/examples/percolation.csv
 */
import { root } from "./union-find.js";
import { words } from "./words.js";

const critical = 0.592746;
const replicates = 8;
const points = 15;
/** Sites drawn a replicate: fewer samples of larger lattices. */
const budget = 8e6;

console.log("size,control,value,replicate");
[8, 12, 16, 24, 32, 48, 64, 96, 128].forEach((size, stream) => {
  // The peak lies a little below p_c; the grid reaches 1.1·L^(−3/4) to either side of it.
  const controls = Array.from({ length: points }, (_, k) =>
    Number((critical + (-0.35 + (2.2 * k) / (points - 1) - 1.1) * size ** -0.75).toPrecision(6)),
  );
  const samples = Math.ceil(budget / (size * size));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const values = meanSizes(size, controls, { samples, stream, index: replicate });
    controls.forEach((p, k) => {
      console.log(`${size},${p},${values[k].toPrecision(6)},${replicate}`);
    });
  }
});

function meanSizes(
  size: number,
  controls: readonly number[],
  at: { samples: number; stream: number; index: number },
): Float64Array {
  const random = words(1, at.stream, at.index);
  const sums = new Float64Array(controls.length);
  const lattice = { size, parent: new Int32Array(size * size), count: new Int32Array(size * size) };
  const keys = new Float64Array(size * size);
  for (let sample = 0; sample < at.samples; sample++) {
    // 32 random bits above the site's number: sorting the keys sorts the sites.
    for (let i = 0; i < keys.length; i++) keys[i] = random.next() * 0x100000 + i;
    keys.sort();
    addSample(lattice, keys, controls, sums);
  }
  return sums.map((sum) => sum / at.samples);
}

type Lattice = { readonly size: number; readonly parent: Int32Array; readonly count: Int32Array };

function addSample(lattice: Lattice, keys: Float64Array, controls: readonly number[], sums: Float64Array): void {
  const { size, parent, count } = lattice;
  const n = size * size;
  parent.fill(-1);
  let [next, squares, largest] = [0, 0, 0];
  controls.forEach((p, k) => {
    for (; next < n && keys[next] < p * 0x100000000 * 0x100000; next++) {
      const site = keys[next] % 0x100000;
      parent[site] = site;
      count[site] = 1;
      squares++;
      const column = site % size;
      const neighbours = [
        column > 0 ? site - 1 : -1,
        column < size - 1 ? site + 1 : -1,
        site - size,
        site + size < n ? site + size : -1,
      ];
      for (const other of neighbours) if (other >= 0 && parent[other] >= 0) squares += joined(lattice, site, other);
      largest = Math.max(largest, count[root(parent, site)]);
    }
    sums[k] += (squares - largest * largest) / n;
  });
}

/** Joins two clusters; the change of Σ s². */
function joined({ parent, count }: Lattice, a: number, b: number): number {
  const [one, two] = [root(parent, a), root(parent, b)];
  if (one === two) return 0;
  const [big, small] = count[one] >= count[two] ? [one, two] : [two, one];
  const change = 2 * count[big] * count[small];
  parent[small] = big;
  count[big] += count[small];
  return change;
}
