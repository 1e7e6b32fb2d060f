// Scaling analysis of anyone's curves: rows of size, control and value (here four
// made-up curves per size, their minimum at 10·size^−0.75) to extrema, laws and a verdict.
import { draws } from "crisp-sparse";
import { fitTable } from "crisp-sparse/scaling";

const noise = draws({ seed: 7, purpose: 99 }, 0);
const rows = [];
for (const size of [16, 32, 64, 128, 256, 512]) {
  const centre = 10 * size ** -0.75;
  for (const replicate of [0, 1, 2, 3]) {
    const least = centre * Math.exp(0.003 * noise.gaussian());
    for (let i = -7; i <= 7; i++) {
      const control = centre * Math.exp(0.2 * i);
      const value = (1 + 0.12 * Math.log(control / least) ** 2) * Math.exp(0.004 * noise.gaussian());
      rows.push({ size, replicate, control, value });
    }
  }
}

const text = ({ value, low, high }) => `${value.toPrecision(4)} (${low.toPrecision(4)} to ${high.toPrecision(4)})`;
const { location, value, extrema } = fitTable(rows);
for (const extremum of extrema) console.log(extremum.size, text(extremum.location));
// Six sizes at 1 % exclude no factor (ln L)^c: the range is over every law that is open.
const { low, high } = location.exponentRange;
console.log("location:", location.verdict, `exponent ${low.toPrecision(3)} to ${high.toPrecision(3)}`);
console.log("straight line:", text(location.powerLaw.exponent));
console.log("value:", value.verdict);
