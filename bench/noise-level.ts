/**
 * How near is the estimate of σ to σ? node bench/run.mjs noise-level: estimate ÷ σ,
 * mean and spread over three leaves pictures of 256×256 and twelve of 64×64, in 8 bits.
 */
import { draws, purpose } from "../src/core/random.js";
import { leavesPicture } from "../src/images/leaves.js";
import { noiseLevel } from "../src/tasks/denoise/noise-level.js";

console.log("| σ | 3 of 256×256 | 12 of 64×64, least to largest |\n|---|---|---|");
for (const sigma of [2, 5, 10, 15, 25, 50]) {
  const large = ratios(sigma, 256, 3);
  const small = ratios(sigma, 64, 12);
  const mean = large.reduce((sum, ratio) => sum + ratio, 0) / large.length;
  console.log(
    `| ${sigma} | ${mean.toFixed(2)} | ${Math.min(...small).toFixed(2)} to ${Math.max(...small).toFixed(2)} |`,
  );
}

function ratios(sigma: number, side: number, pictures: number): number[] {
  return Array.from({ length: pictures }, (_, n) => {
    const size = { height: side, width: side, channels: 3 } as const;
    const draw = draws({ seed: 77, purpose: purpose.noise }, n);
    const bytes = leavesPicture({ seed: 77, ...size }, "test", n).map((value) =>
      Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))),
    );
    return noiseLevel({ ...size, bytes }) / sigma;
  });
}
