/**
 * The same coding by torch, if this machine has it: a process of its own with one thread,
 * images and atoms handed over as .npy, its codes judged by our certificate. Whatever goes
 * wrong there (no python, no torch, a crash, no end) is a sentence, never an error.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "../coding/certificate.js";
import type { Dictionary } from "../coding/dictionary.js";
import { analyse, type Network, networkOf, onCanvas, residualOf } from "../coding/operator.js";
import { spectralNorm } from "../coding/spectral.js";
import { columnAxis, type Geometry, rowAxis, systemSize } from "../core/geometry.js";
import { decodeNpy, encodeNpy } from "../formats/npy.js";
import { type Best, bestCodes, type Result, reachedBy, timingOf } from "../tasks/bench/measure.js";
import type { TorchForm, TorchHere, TorchRun } from "../tasks/bench/record.js";
import { torchScript } from "./torch-script.js";

export type TorchTask = {
  readonly python: string;
  readonly dictionary: Dictionary;
  readonly images: readonly Float32Array[];
  readonly lambda: number;
  readonly steps: number;
  readonly rounds: number;
  /** For the passes of one form. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Energies and counts of converged codes of a network with this boundary. */
  best(dictionary: Dictionary): Best;
};

/** The first of the pythons that has torch, or why none has. */
export async function findTorch(asked: string | undefined, signal: AbortSignal): Promise<TorchHere> {
  const candidates = asked === undefined ? ["python3", "/usr/bin/python3"] : [asked];
  const reasons: string[] = [];
  for (const python of candidates) {
    const program = "import torch, numpy; print(torch.__version__)";
    const { output, failure } = await runPython(python, ["-c", program], { seconds: 60, signal });
    if (failure === null) return { here: true, python, version: output.trim() };
    reasons.push(`${python}: ${failure}`);
  }
  return { here: false, reason: `python3 with torch is not here (${reasons.join("; ")})` };
}

/** Both forms of the LCA in torch, each with its code's own certificate. */
export async function runTorch(task: TorchTask): Promise<readonly TorchRun[]> {
  const folder = await mkdtemp(join(tmpdir(), "crisp-torch-"));
  try {
    const runs: TorchRun[] = [];
    // One process a form: the second is measured even if the first one dies.
    for (const form of ["residual", "gram"] as const) runs.push(await runForm(form, folder, task));
    return runs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runForm(form: TorchForm, folder: string, task: TorchTask): Promise<TorchRun> {
  const boundary = form === "gram" ? "full" : "crop";
  const dictionary = { ...task.dictionary, geometry: { ...task.dictionary.geometry, boundary } } as Dictionary;
  const net = networkOf(dictionary);
  await writeTask(form, folder, { ...task, dictionary, tau: Math.max(1, spectralNorm(net)) });
  // Passes end by themselves, by processor time; a busy machine gets five times as long.
  const limits = { seconds: 60 + 5 * task.seconds, signal: task.signal };
  const { output, failure } = await runPython(task.python, [join(folder, "lca.py"), folder], limits);
  if (failure !== null) return { form, failed: failure };
  try {
    return await readRun(output, folder, { task, net, form, boundary });
  } catch (error) {
    return { form, failed: `its answer cannot be used (${error instanceof Error ? error.message : String(error)})` };
  }
}

async function writeTask(form: TorchForm, folder: string, task: TorchTask & { readonly tau: number }): Promise<void> {
  const { dictionary, images, lambda, steps, rounds, seconds, tau } = task;
  const g = dictionary.geometry;
  const all = Float32Array.from(images.flatMap((image) => [...image]));
  await writeFile(
    join(folder, "images.npy"),
    encodeNpy({ shape: [images.length, g.height, g.width, g.channels], data: all }),
  );
  await writeFile(join(folder, "atoms.npy"), encodeNpy(dictionary.atoms));
  await writeFile(join(folder, "lca.py"), torchScript);
  const forms = [{ name: form, tau }];
  const described = { forms, lambda, steps, rounds, seconds, stride: g.stride, pads: padsOf(g) };
  await writeFile(join(folder, "task.json"), JSON.stringify(described));
}

/** Zeros that the patches reach beyond the image: top, bottom, left, right. */
function padsOf(g: Geometry): readonly number[] {
  const [rows, columns] = [rowAxis(g), columnAxis(g)];
  const after = (axis: { count: number; first: number }, a: { stride: number; patch: number; length: number }) =>
    Math.max(0, axis.first + (axis.count - 1) * a.stride + a.patch - a.length);
  return [
    -rows.first,
    after(rows, { stride: g.stride[0], patch: g.patch[0], length: g.height }),
    -columns.first,
    after(columns, { stride: g.stride[1], patch: g.patch[1], length: g.width }),
  ];
}

async function readRun(
  output: string,
  folder: string,
  of: { task: TorchTask; net: Network; form: TorchForm; boundary: "crop" | "full" },
): Promise<TorchRun> {
  const { task, net, form, boundary } = of;
  const answer = JSON.parse(output.trim()) as { images: number; seconds: number[]; setup: number };
  const { data } = decodeNpy(await readFile(join(folder, `code-${form}.npy`)), "torch's code");
  const units = systemSize(net.dictionary.geometry);
  const results = Array.from({ length: answer.images }, (_, i) =>
    judged(net, task.images[i], {
      code: Float64Array.from(data.subarray(i * units, (i + 1) * units)),
      lambda: task.lambda,
    }),
  );
  const timing = timingOf(
    answer.seconds.map((s) => 1000 * s),
    answer.images,
  );
  const best = firstOf(task.best(net.dictionary), answer.images);
  const { images, setup } = answer;
  const { steps } = task;
  return { form, boundary, steps, images, setupMilliseconds: 1000 * setup, ...reachedBy(results, best), ...timing };
}

/** The best codes of the first images alone. */
function firstOf(best: Best, images: number): Best {
  if (images === best.energies.length) return best;
  const results = best.energies
    .slice(0, images)
    .map((energy, i) => ({ energy, gap: best.relativeGap, active: best.active[i] }));
  return bestCodes(results, best.units);
}

/** Energy and gap of a code, from the residual rebuilt in float64. */
function judged(net: Network, image: Float32Array, of: { code: Float64Array; lambda: number }): Result {
  const canvas = onCanvas(net, image);
  const residual = canvas.slice();
  const gradient = new Float64Array(of.code.length);
  residualOf(net, { image: canvas, code: of.code }, residual);
  analyse(net, residual, gradient);
  const { energy, gap } = certificate({ image: canvas, code: of.code, residual, gradient }, of.lambda, true);
  return { energy, gap, active: of.code.reduce((sum, a) => sum + (a === 0 ? 0 : 1), 0) };
}

type Ended = { readonly output: string; readonly failure: string | null };

/** A python process with one thread; its failure in words. */
function runPython(
  python: string,
  words: readonly string[],
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<Ended> {
  const env = { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  return new Promise((done) => {
    const child = spawn(python, words, { env, stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors, late] = ["", "", false];
    const stop = () => child.kill("SIGKILL");
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, 1000 * seconds);
    signal.addEventListener("abort", stop);
    const end = (failure: string | null) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      done({ output, failure });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "ENOENT" ? "no such program" : error.message),
    );
    child.on("close", (status, killed) => {
      if (late) end(`stopped after ${Math.round(seconds)} s`);
      else if (status === 0) end(null);
      else end(errors.trim().split("\n").at(-1) || `ended with ${killed ?? `status ${status}`}`);
    });
  });
}
