// Codes one noisy image along a path of λ. Each code comes with a proof: its
// energy ½‖s − Φa‖² + λ Σ|a| is within `gap` (relative) of the least there is.
import { imagePath, noisy, normalised, patchAtoms, posterGeometry } from "crisp-sparse";
import { openImages, openKernel } from "crisp-sparse/node";

const images = await openImages({ data: "leaves", trainingImages: 100, testImages: 1 });
const geometry = posterGeometry(64); // 32×32×3 images, 64 atoms of 8×8×3, stride 2
const atoms = patchAtoms(geometry, { count: 100, imageAt: (i) => normalised(images.training, i) }, 1);
const coder = await (await openKernel()).prepare({ geometry, atoms });

const image = noisy(normalised(images.test, 0), 0.5, { seed: 1 }, 0);
const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-3 };
console.log("lambda active energy gap");
for await (const { lambda, code, energy, gap } of imagePath(coder, image, { lambdas: [2, 1, 0.5, 0.25], rule })) {
  console.log(lambda, code.index.length, energy.toFixed(3), gap.toExponential(1));
}
