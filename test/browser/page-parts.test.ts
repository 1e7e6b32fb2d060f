// The explorer's parts without a browser: packed dictionaries, its address, curves, and what it says of the study.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curveLambdas, leastOf, type SizeCurve } from "../../src/browser/page/curve.js";
import { axesFor, curvePanel } from "../../src/browser/page/curve-figure.js";
import { collapsed, expectedAt, measuredCurves, openCollapse } from "../../src/browser/page/law.js";
import { packWeights, unpackWeights } from "../../src/browser/page/packed.js";
import { drawnPicture, drawnPictures, sampleOf } from "../../src/browser/page/pictures.js";
import { featureSizes, fromHash, lambdas, nextSeed, start, toHash } from "../../src/browser/page/state.js";
import { studyPart } from "../../src/browser/page/study-part.js";
import { bestWords, expectedWords, qualityWords, studyWords } from "../../src/browser/page/study-words.js";
import type { PathPoint } from "../../src/browser/path.js";
import { decodeDictionary } from "../../src/coding/dictionary-file.js";
import { percentError } from "../../src/coding/metrics.js";
import { posterGeometry } from "../../src/core/geometry.js";
import { slice, type Tensor } from "../../src/core/tensor.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { panelFigure } from "../../src/report/svg/panel.js";
import { collapse } from "../../src/scaling/collapse.js";
import type { StudyRecord } from "../../src/study/record.js";
import { kernelModule } from "../coding/networks.js";
import { gap, labelsOf, markersOf, meeting } from "../report/boxes.js";

const docs = resolve(import.meta.dirname, "../../docs");
const paper = join(docs, "results/cifar10-paper");
const study = JSON.parse(readFileSync(join(paper, "scaling.json"), "utf8")) as StudyRecord;

describe("packed dictionaries", () => {
  test("any weights come back", () => {
    const weights = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 48, maxLength: 48 });
    fc.assert(
      fc.property(weights, (values) => {
        const whole = Int8Array.from(values);
        expect(unpackWeights(packWeights(whole, 4), 4)).toEqual(whole);
      }),
    );
  });

  test("the files are the study's dictionaries, rounded to 1/127 of the largest weight of an atom", () => {
    const trained = trainedDictionaries();
    for (const features of featureSizes) {
      const name = `explorer/atoms-${features}.npy`;
      const { atoms } = decodeDictionary(readFileSync(join(docs, name)), name, { normaliseAtoms: true });
      const of = trained.get(features)!;
      for (let m = 0; m < features; m++) {
        const own = slice(of, m);
        const squares = slice(atoms, m).reduce((sum, w, i) => sum + (w - own[i]) ** 2, 0);
        // An even error of ±½ step in 192 weights: √(192/12) steps, a quarter more by chance.
        const step = own.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127;
        expect(Math.sqrt(squares)).toBeLessThan(1.25 * 4 * step);
      }
    }
  });
});

test("rounding to 8 bits moves the least error of a picture by less than 0.05 percentage points", () => {
  const trained = trainedDictionaries();
  const { clean, noisy } = sampleOf(drawnPicture(14), 0.5, 1);
  const leastError = (atoms: Tensor, features: number) => {
    const coder = openWasm(kernelModule()).prepare({ geometry: posterGeometry(features), atoms });
    const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2 } as const;
    const codings = [...coder.path(noisy, [2, 1.2, 0.8, 0.65, 0.53, 0.43, 0.35, 0.28, 0.22], rule)];
    return Math.min(...codings.map(({ reconstruction }) => percentError(clean, reconstruction)!));
  };
  for (const features of [16, 128]) {
    const name = `explorer/atoms-${features}.npy`;
    const { atoms } = decodeDictionary(readFileSync(join(docs, name)), name, { normaliseAtoms: true });
    expect(Math.abs(leastError(atoms, features) - leastError(trained.get(features)!, features))).toBeLessThan(0.05);
  }
});

/** The dictionaries of the study's first seed, by their numbers of features. */
function trainedDictionaries() {
  const results = readdirSync(join(paper, "trained/results"), { recursive: true, encoding: "utf8" });
  const made = results
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(paper, "trained/results", name), "utf8")));
  return new Map(
    study.training
      .filter(({ seed }) => seed === study.settings.seed)
      .map(({ features, leadingShare }) => {
        const { part } = made.find(({ result }) => result.leadingShare === leadingShare);
        return [features, decodeDictionary(readFileSync(join(paper, "trained", part.file)), part.file).atoms];
      }),
  );
}

test("the picture files hold what the page draws", () => {
  for (const { file, bytes, width, height } of drawnPictures().values()) {
    const { picture: png } = decodePicture(readFileSync(resolve(docs, "..", file)), file);
    expect([png.width, png.height, png.channels]).toEqual([width, height, 3]);
    expect(Buffer.from(png.bytes).equals(Buffer.from(bytes))).toBe(true);
  }
});

describe("the address", () => {
  test("of the start is empty, and holds what differs", () => {
    expect(toHash(start)).toBe("");
    expect(toHash({ ...start, features: 64, sigma: 0.3 })).toBe("#sigma=0.3&features=64");
  });

  test("every state of the controls comes back", () => {
    const state = {
      ...start,
      lambda: lambdas[40],
      sigma: 0.25,
      features: 512,
      seed: 7,
      nu: -1.32,
      gamma: 0.00985,
      tour: 0,
    };
    expect(fromHash(toHash(state))).toEqual(state);
  });

  test("other noise has a seed that comes back, at the last one too", () => {
    for (const seed of [1, 9998, 9999]) {
      const state = { ...start, seed: nextSeed(seed) };
      expect(state.seed).not.toBe(seed);
      expect(fromHash(toHash(state))).toEqual(state);
    }
  });

  test("whatever it holds becomes what the controls can show", () => {
    const found = fromHash("#lambda=NaN&sigma=-3&features=1e9&seed=2.6&picture=<b>&nu=Infinity&gamma=7&tour=99&x=1");
    expect(found).toEqual({ ...start, sigma: 0, features: 512, seed: 3, gamma: 0.05, tour: 5 });
  });
});

test("the least of a curve is that of its cubic in ln λ", () => {
  const error = (t: number) => 25 + 4 * (t + 0.7) ** 2 - 0.8 * (t + 0.7) ** 3;
  const points = curveLambdas.map((lambda): PathPoint => {
    const t = Math.log(lambda);
    const point = { lambda, percentError: error(t), percentActive: 2 * Math.exp(-1.5 * t), active: 9 };
    return { ...point, surePercent: null } as unknown as PathPoint;
  });
  const curve: SizeCurve = { features: 16, points, done: true };
  const least = leastOf(curve, "percentError")!;
  expect(Math.log(least.lambda)).toBeCloseTo(-0.7, 9);
  expect(least.value).toBeCloseTo(25, 9);
  expect(least.percentActive).toBeCloseTo(2 * Math.exp(1.05), 9); // straight in logarithms
  expect(leastOf(curve, "surePercent")).toBeNull();
  expect(leastOf({ ...curve, points: points.slice(0, 9) }, "percentError")).toBeNull();
});

describe("the curve's figure", () => {
  /** A curve of so many features whose least error, `depth`, lies at ln λ = −0.9; SURE's lies a little lower. */
  const curveOf = (features: number, depth: number): SizeCurve => {
    const points = curveLambdas.slice(0, 25).map((lambda): PathPoint => {
      const t = Math.log(lambda) + 0.9;
      const rise = 18 * t ** 2 - 2 * t ** 3;
      const percentActive = (300 / features) * Math.exp(-1.4 * t);
      return { lambda, percentError: depth + rise, surePercent: depth - 0.8 + rise, percentActive, active: 9 } as never;
    });
    return { features, points, done: true };
  };
  const curves = new Map(featureSizes.map((features, i) => [features, curveOf(features, 31 - 0.5 * i)]));

  test.each([528, 368])(
    "names all it marks, and no label meets another or a marker, wherever one is: %i px",
    (width) => {
      const choices = ([16, 128, 512] as const).flatMap((chosen) => [0, 50].map((noise) => ({ chosen, noise })));
      for (const { chosen, noise } of choices)
        for (const { percentActive, percentError } of curves.get(chosen)!.points.slice(6)) {
          const here = [percentActive, percentError!] as const;
          const panel = curvePanel({ curves, chosen, here, noise, axes: axesFor(curves, noise) });
          const figure = panelFigure(panel, width, "");
          const labels = labelsOf(figure);
          const words = labels.map(({ what }) => what);
          for (const name of ["SURE", "SURE’s least", "least error", "**you are here**"]) expect(words).toContain(name);
          expect(words.includes("noisy picture")).toBe(noise > 0);
          const markers = markersOf(figure);
          expect(meeting(labels, [...labels, ...markers])).toEqual([]);
          const [sure, least, dot] = markers;
          const notes = [
            ["SURE’s least", sure],
            ["least error", least],
            ["**you are here**", dot],
          ] as const;
          for (const [name, own] of notes) {
            const { box } = labels.find(({ what }) => what === name)!;
            const others = markers.filter((one) => one !== own);
            const apart = Math.min(...others.map((one) => gap(own.box, one.box)));
            // Nearer markers can leave no such place, at the right edge.
            if (apart > 10) for (const one of others) expect(gap(box, own.box)).toBeLessThan(gap(box, one.box));
          }
        }
    },
  );
});

test("a least error beyond the axes of the curve's figure has no marker", () => {
  const points = curveLambdas.map((lambda): PathPoint => {
    const percentError = 25 + 4 * (Math.log(lambda) + 0.7) ** 2;
    return { lambda, percentError, surePercent: null, percentActive: 2 / lambda, active: 9 } as never;
  });
  const curves = new Map([[16, { features: 16, points, done: true }]]);
  const markers = (y: readonly [number, number]) =>
    markersOf(
      panelFigure(curvePanel({ curves, chosen: 16, here: null, noise: 0, axes: { x: [0.08, 50], y } }), 528, ""),
    );
  expect([markers([20, 30]).length, markers([26, 36]).length, markers([10, 20]).length]).toEqual([1, 0, 0]);
});

describe("what the study says", () => {
  test("the part that the page carries draws and says what the record does, in less than half of its bytes", () => {
    const part = studyPart(study);
    expect(JSON.stringify(part).length).toBeLessThan(JSON.stringify(study).length / 2);
    expect(part.location.verdict).toBe(study.location.verdict);
    expect(part.minima.map(({ features }) => features)).toEqual(study.minima.map(({ features }) => features));
  });

  test("seeds, images, size left out and cost are the record's, whatever it is", () => {
    const words = (of: StudyRecord) => Object.values(studyWords(of)).join(" ");
    const first = { ...study, settings: { ...study.settings, replicates: 1 } };
    expect(words(first)).toContain("One seed so far");
    const other: StudyRecord = {
      ...study,
      settings: { ...study.settings, replicates: 3 },
      images: { ...study.images, test: 500, source: "leaves" },
      prediction: { ...study.prediction!, features: 2048, cost: { ...study.prediction!.cost, predicted: 0.5 } },
      location: { ...study.location, p: 0.4 },
    };
    expect(words(other)).toMatch(/Three seeds of each size.*500 images of .*at 2,048 features/s);
    expect(words(other)).not.toMatch(/One seed|2,000|CIFAR|1,024/);
    expect(expectedWords(other, 64)).toMatch(/At 2,048 features that .* cost 0\.50% more/);
    expect(expectedWords(other, 64)).not.toContain("No law fits");
    const unfit = { ...study, location: { ...study.location, p: 1e-9 } };
    expect(expectedWords(unfit, 64)).toContain("No law fits");
  });

  test("the size left out is expected as the record predicted it, and its neighbours are near", () => {
    const found = expectedAt(study, 1024)!;
    const { activeUnits, percentActive } = study.prediction!;
    for (const end of ["value", "low", "high"] as const) {
      expect(found.activeUnits[end]).toBe(activeUnits.predicted![end]);
      expect(found.percentActive[end] / percentActive.predicted![end]).toBeCloseTo(1, 6);
      expect(expectedAt(study, 1025)!.activeUnits[end] / activeUnits.predicted![end]).toBeCloseTo(1, 3);
    }
    expect([found.systemSize, found.far]).toEqual([262144, false]);
    expect(expectedAt(study, 8192)!.far).toBe(true);
  });

  test("the best collapse beats the slopes of the optima, and those the poster's exponents", () => {
    const collapsing = openCollapse(study);
    const { nu, gamma, poster } = study.exponents;
    const slopes = collapsing.quality({ nu: nu!.value, gamma: gamma!.value });
    expect(collapsing.quality(collapsing.least())).toBeLessThan(slopes);
    expect(slopes).toBeLessThan(collapsing.quality(poster));
  });

  test("scaled curves leave the smallest size where it is and take the others by L^(−1/ν) and L^(−γ/ν)", () => {
    const [first, second] = measuredCurves(study);
    const moved = collapsed(openCollapse(study).family, { nu: -1, gamma: 0.5 });
    expect(moved[0]).toEqual(first.x.map((x, i) => [x, first.y[i]]));
    const ratio = second.size / first.size;
    expect(moved[1][0][0]).toBeCloseTo(second.x[0] * ratio, 9);
    expect(moved[1][0][1]).toBeCloseTo(second.y[0] * ratio ** 0.5, 9);
  });
});

describe("the words of a collapse", () => {
  const at = { nu: -1, gamma: 0 };

  test("of the exponents at the sliders say nothing of others", () => {
    for (const S of [1.2, 2, 8, 45.3, 607]) expect(qualityWords(S, at)).not.toMatch(/no exponents|even the best/);
    expect(qualityWords(45.3, at)).toContain("At these exponents the curves do not meet.");
    expect(qualityWords(1.2, at)).toContain("At these exponents the curves are one within their errors.");
  });

  test("of the study's best collapse: even that does not make the curves one", () => {
    const collapsing = openCollapse(studyPart(study));
    const least = collapsing.quality(collapsing.least());
    expect(least).toBeGreaterThan(3);
    expect(bestWords(least)).toBe(
      "The best collapse reaches <i>S</i> = 37.1: even the best exponents do not make these curves one within their errors.",
    );
    expect(bestWords(1.1)).toContain("there the curves are one within their errors.");
  });

  test("near the minima alone, within 0.7 to 1.4 times their percent active, they are not one either", () => {
    const record = studyPart(study);
    const near = measuredCurves(record).map((curve) => {
      const { percentActive } = record.minima.find(({ systemSize }) => systemSize === curve.size)!;
      const share = (i: number) => curve.x[i] / percentActive!.value;
      const inside = <T>(values: readonly T[]) => values.filter((_, i) => share(i) > 0.7 && share(i) < 1.4);
      return { size: curve.size, x: inside(curve.x), y: inside(curve.y), error: inside(curve.error) };
    });
    expect(collapse(near, { start: { a: -1, b: 0 } }).S).toBeCloseTo(34.4, 1);
  });
});
