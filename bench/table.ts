/**
 * How large a table can be read and fitted? Writes a CSV of 10⁶ rows (8 sizes,
 * 15 controls, 8,334 replicates; another number as argument) to the temporary
 * folder, reads and fits it, and prints seconds and the largest resident memory.
 */

import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTable } from "../src/node/table-file.js";
import { fitColumns } from "../src/scaling/table.js";
import { words } from "./words.js";

const wanted = Number(process.argv[2] ?? 1e6);
const path = join(tmpdir(), `crisp-bench-${process.pid}.csv`);
const sizes = [8, 16, 32, 64, 128, 256, 512, 1024];
const replicates = Math.ceil(wanted / (sizes.length * 15));
const random = words(1, 0, 0);

const file = createWriteStream(path);
file.write("size,control,value,replicate\n");
for (let replicate = 0; replicate < replicates; replicate++) {
  if (!file.write(block(replicate))) await once(file, "drain");
}
file.end();
await once(file, "finish");
const megabytes = (): string => (process.resourceUsage().maxRSS / 1e3).toFixed(0);
console.log(`before reading: ${megabytes()} MB at most`);
let start = performance.now();
const { columns } = await readTable(path);
console.log(`read ${columns.size.length} rows in ${seconds()} s, ${megabytes()} MB at most`);
start = performance.now();
const { location } = fitColumns(columns);
console.log(
  `fitted in ${seconds()} s, ${megabytes()} MB at most: ${location.verdict} ${location.exponent?.value.toFixed(4)}`,
);
rmSync(path);

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

/** The lines of one replicate: q = ln(x/x*) in ±1.6, noise of 1 % a point. */
function block(replicate: number): string {
  let text = "";
  for (const size of sizes) {
    for (let j = 0; j < 15; j++) {
      const q = -1.6 + (3.2 * j) / 14;
      const noise = 1 + 0.02 * (random.next() / 0x100000000 - 0.5);
      const value = 30 * size ** -0.05 * (1 + 0.12 * q * q) * noise;
      text += `${size},${(size ** -0.75 * Math.exp(q)).toPrecision(8)},${value.toPrecision(7)},${replicate}\n`;
    }
  }
  return text;
}
