// Fills in missing pixels: weight 0 hides a pixel from the energy
// ½ Σ w (s − Φa)² + λ Σ|a|, and the reconstruction Φa puts something there.
import { codingsOf, normalised, patchAtoms, posterGeometry } from "crisp-sparse";
import { openImages, openKernel } from "crisp-sparse/node";

const images = await openImages({ data: "leaves", trainingImages: 200, testImages: 1 });
const geometry = posterGeometry(128);
const atoms = patchAtoms(geometry, { count: 200, imageAt: (i) => normalised(images.training, i) }, 1);
const coder = await (await openKernel()).prepare({ geometry, atoms });

const image = normalised(images.test, 0);
const weights = image.map((_, i) => (Math.floor(i / 3) % 5 === 0 ? 0 : 1)); // every fifth pixel is missing
const seen = image.map((value, i) => value * weights[i]);
const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2, weights };
const [coding] = await codingsOf(coder, seen, { lambdas: [0.2], rule });

function errorOfMissing(guess) {
  let [left, there] = [0, 0];
  for (let i = 0; i < image.length; i++) {
    if (weights[i] > 0) continue;
    left += (image[i] - guess[i]) ** 2;
    there += image[i] ** 2;
  }
  return (100 * Math.sqrt(left / there)).toFixed(1);
}
console.log("percent error of the missing pixels, set to the mean:", errorOfMissing(seen));
console.log("percent error of the missing pixels, filled in:", errorOfMissing(coding.reconstruction));
