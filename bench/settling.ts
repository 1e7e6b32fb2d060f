/**
 * A table whose answer is no: the location settles, 2 + 6 exp(−(u − 1)/6), and
 * the value is one constant. 7 sizes by factors of 2, 4 replicates, 15 controls,
 * 0.2 % noise a point and 0.3 % a replicate. Prints docs/examples/settling.csv.
 */
import { plantedCurves } from "../test/scaling/planted.js";

const sizes = [8, 16, 32, 64, 128, 256, 512];
const location = (L: number): number => 2 + 6 * Math.exp(-(L / 8 - 1) / 6);
console.log("size,control,value,replicate");
for (const { size, replicate, control, quantities } of plantedCurves({
  sizes,
  location,
  value: () => 3,
  replicates: 4,
  point: 0.002,
  repeat: 1,
}))
  control.forEach((x, i) => {
    console.log(`${size},${x.toPrecision(8)},${quantities.value[i].toPrecision(7)},${replicate}`);
  });
