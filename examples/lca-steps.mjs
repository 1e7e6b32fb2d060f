// What a fixed number of LCA steps leaves undone: the same image and dictionary,
// coded by the locally competitive algorithm for more and more steps, beside the
// certified minimum. Unfinished codes have too many active units.
import { codingsOf, normalised, patchAtoms, posterGeometry, referenceEngine } from "crisp-sparse";
import { openImages } from "crisp-sparse/node";

const images = await openImages({ data: "leaves", size: 16, trainingImages: 100, testImages: 1 });
const geometry = { ...posterGeometry(32), height: 16, width: 16 };
const atoms = patchAtoms(geometry, { count: 100, imageAt: (i) => normalised(images.training, i) }, 1);
const image = normalised(images.test, 0);

const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-6 };
async function code(solver) {
  const coder = await referenceEngine().prepare({ geometry, atoms }, solver);
  const [coding] = await codingsOf(coder, image, { lambdas: [0.5], rule });
  return coding;
}
const least = await code({ kind: "coordinate" });
console.log("steps energy/least active gap");
for (const steps of [50, 100, 200, 400, 800]) {
  const { energy, code: found, gap } = await code({ kind: "lca", steps });
  console.log(steps, (energy / least.energy).toFixed(5), found.index.length, gap.toExponential(1));
}
console.log("least", "1.00000", least.code.index.length, least.gap.toExponential(1));
