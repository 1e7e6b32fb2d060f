/**
 * Which λ and gain does the shipped dictionary need? node bench/run.mjs calibrate
 * writes assets/denoise.json from leaves pictures that no test uses; some minutes.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { tensor } from "../src/core/tensor.js";
import { decodeSafetensors } from "../src/formats/safetensors.js";
import { greyAtoms } from "../src/tasks/denoise/grey.js";
import { type CalibrationPoints, noiseLevels, type OperatingPoint } from "../src/tasks/denoise/operating.js";
import { type Quality, qualities, variantsOf } from "../src/tasks/denoise/variants.js";
import { calibrate } from "./calibration.js";
import { windowCoder } from "./windows.js";

const file = readFileSync("assets/denoise.safetensors");
const { atoms } = decodeSafetensors(file, "assets/denoise.safetensors").tensors;
const colourAtoms = tensor(atoms.shape, atoms.data as Float32Array);
const network = { patch: [8, 8], stride: [2, 2] } as const;
/** Pictures of 64×64; the best quality codes each 32 times. */
const pictures = { fast: 8, default: 6, best: 2 };

const dictionary = createHash("sha256").update(file).digest("hex");
const colour = await pointsOf(3);
const grey = await pointsOf(1);
writeFileSync("assets/denoise.json", `${JSON.stringify({ schemaVersion: 1, dictionary, colour, grey }, null, 2)}\n`);

async function pointsOf(channels: 1 | 3): Promise<CalibrationPoints> {
  const code = windowCoder(channels === 1 ? greyAtoms(colourAtoms) : colourAtoms);
  const found: Record<Quality, OperatingPoint[]> = { fast: [], default: [], best: [] };
  for (const quality of qualities) {
    for (const [level, noise] of noiseLevels.entries()) {
      // λ as the four shifts have it; only the gain is new with the flips.
      const lambdaPerSigma = quality === "best" ? found.default[level].lambdaPerSigma : undefined;
      const variants = variantsOf(quality, network.stride);
      const options = { network, variants, channels, together: 1, pictures: pictures[quality], lambdaPerSigma, code };
      const point = await calibrate(noise, options);
      found[quality].push({
        noise,
        lambdaPerSigma: Number(point.lambdaPerSigma.toPrecision(4)),
        gain: Number(point.gain.toPrecision(4)),
      });
      console.log(channels === 1 ? "grey" : "colour", quality, found[quality][level]);
    }
  }
  return found;
}
