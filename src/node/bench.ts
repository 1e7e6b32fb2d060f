/**
 * `crisp bench`: images, dictionaries (trained once as the quick preset trains, kept in the
 * cache), the solvers of the kernel on one thread, and torch beside them if it is here.
 */

import { join } from "node:path";
import { placementOf } from "../app/placement.js";
import type { StudyEvent } from "../app/session.js";
import type { Dictionary } from "../coding/dictionary.js";
import { networkOf } from "../coding/operator.js";
import type { ImageCoder } from "../coding/path.js";
import { spectralNorm } from "../coding/spectral.js";
import { CrispError } from "../core/errors.js";
import { type Geometry, posterGeometry, systemSize } from "../core/geometry.js";
import { contentKey } from "../core/key.js";
import { counted } from "../core/words.js";
import { openWasm, wasmEngine } from "../engine/wasm/engine.js";
import { isFlat, normalised } from "../images/normalise.js";
import { presets } from "../study/presets.js";
import type { StudySettings } from "../study/settings.js";
import { type Best, bestCodes, bestGap, type Method, measureMethods, type SolverName } from "../tasks/bench/measure.js";
import type { BenchRecord, SizeRecord, TorchHere } from "../tasks/bench/record.js";
import { readDictionary } from "./app/coding.js";
import { trainOne } from "./app/training.js";
import { cacheFolder } from "./cifar-archive.js";
import { openImages } from "./data.js";
import { exists } from "./files.js";
import { kernelModule } from "./kernel.js";
import { machineName } from "./platform.js";
import { findTorch, runTorch } from "./torch.js";
import { packageVersion } from "./version.js";

export type BenchRequest = {
  readonly features: readonly number[];
  readonly images: number;
  readonly lambda: number;
  readonly data: "leaves" | "cifar10";
  /** Folder or archive of CIFAR-10. */
  readonly from?: string;
  readonly seed: number;
  readonly rounds: number;
  /** Steps of the LCA that are measured; 400 is also torch's. */
  readonly steps: readonly number[];
  /** Atoms of the user's own, in place of trained ones; `features` is then theirs. */
  readonly dictionary?: string;
  /** Images that a dictionary is trained on before its step falls to zero. */
  readonly trainingImages: number;
  /** The python to ask for torch; null: do not ask. */
  readonly python: string | null | undefined;
  /** For the passes of each form in torch, a size. */
  readonly torchSeconds: number;
  readonly workers: number;
  readonly signal: AbortSignal;
  onProgress(words: string): void;
};

const torchSteps = 400;

/** Measures every size. @throws CrispError as `openImages`, `trainOne`, `readDictionary`; `incomplete` when stopped */
export async function runBench(request: BenchRequest): Promise<BenchRecord> {
  const { data, seed, lambda, rounds, signal, onProgress } = request;
  const images = await testImages(request);
  const own = request.dictionary === undefined ? null : await ownDictionary(request.dictionary);
  const torch: TorchHere =
    request.python === null
      ? { here: false, reason: "torch was not asked for" }
      : await findTorch(request.python, signal);
  const module = await kernelModule();
  const { family } = wasmEngine(module);
  const sizes: SizeRecord[] = [];
  for (const features of own === null ? request.features : [own.dictionary.geometry.features]) {
    const found = own ?? (await trainedDictionary(features, family, request));
    onProgress(`F = ${features}`);
    sizes.push(await measureSize(found, { images, module, torch, request }));
  }
  const shared = { data, images: images.length, lambda, seed, rounds };
  const here = { machine: machineName(), node: process.version, version: packageVersion(), family };
  return { ...shared, ...here, threads: 1, clock: "processor time", sizes, torch };
}

/** The first test images that are not flat, normalised. */
async function testImages({ data, from, seed, images, signal }: BenchRequest): Promise<readonly Float32Array[]> {
  const set = await openImages({ data, from, seed, trainingImages: 1, testImages: images + 8 }, { signal });
  const all = Array.from({ length: set.test.count }, (_, i) => normalised(set.test, i));
  return all.filter((image) => !isFlat(image)).slice(0, images);
}

type Found = { readonly dictionary: Dictionary; readonly words: string };

/** Trained as the quick preset trains, in a folder of the cache that is named after all that can change it. */
async function trainedDictionary(features: number, family: string, request: BenchRequest): Promise<Found> {
  const { data, seed, from, workers, signal, trainingImages, onProgress } = request;
  const quick = presets.quick;
  const learning = { ...quick.learning, images: trainingImages };
  const settings: StudySettings = { ...quick, data, seed, learning, features: [features], leftOut: [], testImages: 0 };
  const { hash } = await openImages({ data, from, seed, trainingImages: 1, testImages: 0 }, { signal });
  const key = contentKey({ settings, family, images: hash });
  const out = join(cacheFolder(), "bench", `${data}-${features}-${key.slice(0, 16)}`);
  const path = join(out, "dictionary.safetensors"); // written when the training is done
  if (!(await exists(path))) {
    onProgress(`training ${counted(features, "atom")}, once`);
    const onEvent = (event: StudyEvent) => {
      if (event.kind === "progress") onProgress(`training ${counted(features, "atom")}, once`);
      if (event.kind === "fetched") onProgress(`fetching ${data}: ${event.bytes} bytes`);
    };
    await trainOne({ settings, from, features, seed, out, workers, signal, onEvent });
  }
  const { atoms } = await readDictionary(path);
  const words = `trained on ${trainingImages} ${data} images and a third more`;
  return { dictionary: { geometry: posterGeometry(features), atoms }, words };
}

async function ownDictionary(path: string): Promise<Found> {
  const file = await readDictionary(path);
  const { atoms, boundary } = file;
  const [features, rows, columns, channels] = atoms.shape;
  if (channels !== 3) {
    throw new CrispError(
      "shape",
      `${path} has atoms of ${counted(channels, "channel")}; the bench codes images of 3. Choose atoms of 3 channels.`,
    );
  }
  if (boundary !== null && boundary !== "crop") {
    throw new CrispError(
      "usage",
      `${path} was trained for the boundary ${boundary}; the bench codes with crop. Train one with crop.`,
    );
  }
  const { stride, assumed } = placementOf(file, { boundary: "crop" });
  const geometry: Geometry = { ...posterGeometry(features), patch: [rows, columns], stride };
  return {
    dictionary: { geometry, atoms },
    words: assumed.includes("stride") ? `${path}, stride ${stride.join("×")} assumed` : path,
  };
}

type Tools = {
  readonly images: readonly Float32Array[];
  readonly module: WebAssembly.Module;
  readonly torch: TorchHere;
  readonly request: BenchRequest;
};

async function measureSize({ dictionary, words }: Found, tools: Tools): Promise<SizeRecord> {
  const { images, module, torch, request } = tools;
  const { lambda, rounds, signal, onProgress } = request;
  const { features } = dictionary.geometry;
  const solvers = openWasm(module);
  const coders = new Map<SolverName, ImageCoder>();
  const coder = (solver: SolverName) => {
    const known = coders.get(solver) ?? solvers.prepare(dictionary, { kind: solver });
    coders.set(solver, known);
    return known;
  };
  const between = async (method: Method, round: number) => {
    await new Promise((done) => setImmediate(done));
    if (signal.aborted) throw new CrispError("incomplete", "stopped. Run the same command again.");
    onProgress(`F = ${features}, round ${round}: ${methodText(method)}`);
  };
  const clock = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const methods = methodsOf(request.steps);
  const measured = await measureMethods({ images, lambda, coder, methods, rounds, patience: 6, clock, between });
  const { best } = measured;
  const torchRuns = torch.here ? await torchOf(dictionary, torch.python, { ...tools, crop: best }) : [];
  if (signal.aborted) throw new CrispError("incomplete", "stopped. Run the same command again.");
  return {
    features,
    units: systemSize(dictionary.geometry),
    dictionary: words,
    norm: spectralNorm(networkOf(dictionary)),
    best: { relativeGap: best.relativeGap, percentActive: best.percentActive },
    runs: measured.measured,
    torch: torchRuns,
  };
}

/** Gaps for the two that reach them, steps for the LCA; the loose gaps and few steps draw the way there. */
function methodsOf(steps: readonly number[]): readonly Method[] {
  const gaps = [0.3, 0.1, 0.03, 1e-2, 1e-3];
  return [
    ...gaps.map((gap): Method => ({ solver: "coordinate", gap })),
    ...gaps.map((gap): Method => ({ solver: "fista", gap })),
    ...steps.map((count): Method => ({ solver: "lca", steps: count })),
  ];
}

function methodText({ solver, gap, steps }: Method): string {
  return steps === undefined ? `${solver} to a gap of ${gap}` : `${counted(steps, "step")} of ${solver}`;
}

function torchOf(dictionary: Dictionary, python: string, tools: Tools & { readonly crop: Best }) {
  const { images, module, request, crop } = tools;
  const { lambda, rounds, torchSeconds: seconds, signal, onProgress } = request;
  onProgress(`F = ${dictionary.geometry.features}: ${counted(torchSteps, "step")} in torch`);
  const best = (of: Dictionary): Best => {
    if (of.geometry.boundary === "crop") return crop;
    const rule = { threshold: { kind: "soft", rectified: true }, tolerance: bestGap } as const;
    const coder = openWasm(module).prepare(of);
    const codings = images.map((image) => [...coder.path(image, [lambda], rule)][0]);
    const results = codings.map(({ energy, gap, code }) => ({ energy, gap, active: code.index.length }));
    return bestCodes(results, systemSize(of.geometry));
  };
  return runTorch({ python, dictionary, images, lambda, steps: torchSteps, rounds, seconds, signal, best });
}
