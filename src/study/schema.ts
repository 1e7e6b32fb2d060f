/**
 * What a study's settings may be, each bound stated once beside its words:
 * the description of a field is what an error message says is allowed.
 * `checkSettings` takes values and the place each came from, so that a message
 * points at the user's own flag, variable or line.
 */
import * as z from "zod";
import { CrispError } from "../core/errors.js";
import { boundaryNames, checkGeometry, posterGeometry } from "../core/geometry.js";
import { grouped } from "../core/words.js";
import { constraintNames } from "../learning/constraint.js";
import { scheduleNames } from "../learning/schedule.js";
import { startNames } from "../learning/start.js";
import { ruleNames } from "../learning/update.js";
import type { ProblemSettings } from "../tasks/problems/problem.js";
import { problemOf, problems } from "../tasks/problems/registry.js";
import { growsImages } from "./axis.js";
import { adviceForFew } from "./few-images.js";
import { dataNames, type StudySettings } from "./settings.js";

const count = (from: number, to = 10_000_000) =>
  z
    .int()
    .min(from)
    .max(to)
    .describe(`a whole number from ${grouped(from)} to ${grouped(to)}`);
const positive = z.number().positive().describe("a number above 0");
const fraction = z.number().positive().max(0.5).describe("a number above 0, at most 0.5");
const trueOrFalse = z.boolean().describe("true or false");
const extent = z.tuple([z.int().min(1).max(1024), z.int().min(1).max(1024)]);

const oneOf = <const T extends readonly string[]>(names: T) => z.enum(names).describe(inWords(names));

/** "a, b or c". */
function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

const bySize = z
  .array(z.tuple([z.int().min(1), z.number().positive()]))
  .min(1)
  .optional()
  .describe("pairs of features and λ above 0, such as 32:0.4,64:0.5, each number of features once");

const learningSchema = z.strictObject({
  lambda: positive,
  lambdaBySize: bySize,
  tolerance: fraction,
  minibatch: count(1),
  rule: oneOf(ruleNames),
  step: z.number().positive().max(100).describe("a number above 0, at most 100"),
  schedule: oneOf(scheduleNames),
  decay: positive,
  momentumTau: z.number().min(0).max(1_000_000).describe("a number from 0 (no memory) to 1,000,000"),
  start: oneOf(startNames),
  constraint: oneOf(constraintNames),
  zeroMean: trueOrFalse,
  nonnegative: trueOrFalse,
  redraw: count(0, 1000),
  images: count(1, 1_000_000_000),
  plateau: z.number().min(0).max(0.5).describe("a number from 0 (never stop early) to 0.5"),
  heldOut: count(1),
});

const sweepSchema = z.strictObject({
  tolerance: fraction,
  largest: positive,
  factor: z.number().min(1.01).max(4).describe("a number from 1.01 to 4"),
  smallest: positive,
  pilotImages: count(1),
  below: count(1, 50),
});

/** Which problem, and the options of all problems: `checkTask` refuses those of others. */
const taskSchema = z.strictObject({
  kind: oneOf(problems.map(({ kind }) => kind)),
  ...Object.fromEntries(
    problems.flatMap(({ options }) =>
      Object.entries(options).map(([name, { least, most, words }]) => [
        name,
        z.number().min(least).max(most).optional().describe(`${words}, from ${least} to ${most}`),
      ]),
    ),
  ),
});

/** The shape of `StudySettings`, unknown keys refused. */
export const studySchema = z.strictObject({
  seed: count(0, 0xffffffff),
  data: z.enum(dataNames).describe("leaves, cifar10, a folder of pictures or an .npy or .npz file"),
  size: count(8, 1024),
  layout: z.enum(["nhwc", "nchw"]).describe("nhwc (channels last) or nchw (channels first)"),
  normalise: z.boolean().describe("true or false"),
  task: taskSchema.optional(),
  trainingImages: count(1),
  testImages: count(2),
  noise: z.number().min(0).max(100).describe("a number from 0 to 100"),
  sizeAxis: oneOf(["features", "image"]),
  features: z.array(count(1, 1_000_000)).describe("at least three different sizes, each a positive whole number"),
  imageSizes: z
    .array(count(1, 1024))
    .describe("at least three different sides in pixels with sizeAxis image, else none"),
  leftOut: z.array(count(1, 1_000_000)).describe("none, or sizes that are not fitted, each a positive whole number"),
  replicates: count(1, 1000),
  atoms: z
    .enum(["learned", "random", "given"])
    .describe("learned, random, or given, which --dictionaries makes it with the files it names"),
  patch: extent.describe("two positive whole numbers, rows and columns, such as 8x8"),
  stride: extent.describe("two positive whole numbers, rows and columns, such as 2x2"),
  boundary: z.enum(boundaryNames).describe("crop, full, valid or circular"),
  rectified: trueOrFalse,
  learning: learningSchema,
  sweep: sweepSchema,
});

/** Dotted paths of every setting: `seed`, `learning.lambda`, … */
export const settingPaths: readonly string[] = Object.entries(studySchema.shape).flatMap(([name, field]) =>
  groupOf(field) ? Object.keys(groupOf(field)!.shape).map((key) => `${name}.${key}`) : [name],
);

/** A field that is a group of settings, whether or not it may be left out. */
function groupOf(field: z.ZodType | undefined): z.ZodObject | null {
  const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
  return inner instanceof z.ZodObject ? inner : null;
}

/** What a setting may be, in words. */
export function allowedText(path: string): string {
  const [group, key] = path.split(".");
  const field = studySchema.shape[group as keyof typeof studySchema.shape];
  const inner = key === undefined ? field : (groupOf(field)?.shape[key] ?? field);
  return (inner as z.ZodType | undefined)?.description ?? "a group of settings";
}

/**
 * Settings with every bound and every cross-condition checked, sizes ascending.
 *
 * @param values  the nested record as assembled
 * @param origin  where the value of a dotted path came from, as the user knows it ("--features")
 * @throws CrispError `usage`, one line per fault
 */
export function checkSettings(values: unknown, origin: (path: string) => string): StudySettings {
  const parsed = studySchema.safeParse(values);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => faultText(issue, values, origin));
    throw new CrispError("usage", [...new Set(faults)].join("\n"));
  }
  const ascending = (sizes: readonly number[]) => [...sizes].sort((a, b) => a - b);
  const { task, ...data } = parsed.data;
  const settings: StudySettings = {
    ...data,
    ...checkTask(task as ProblemSettings | undefined, origin),
    features: ascending(parsed.data.features),
    imageSizes: ascending(parsed.data.imageSizes),
    leftOut: ascending(parsed.data.leftOut),
  };
  checkSizes(settings, origin);
  checkLearning(settings, origin);
  checkImages(settings, origin);
  checkSweep(settings, origin);
  // Arrays bring their own size, which is checked when they are opened.
  if (settings.data !== "arrays") checkGeometry({ ...posterGeometry(settings.features[0]), ...geometryOf(settings) });
  checkSides(settings, origin);
  return settings;
}

/** The task with its defaults; none at all where it is denoising. */
function checkTask(task: ProblemSettings | undefined, origin: (path: string) => string): Pick<StudySettings, "task"> {
  const { kind, options } = problemOf(task);
  const names = Object.keys(options);
  const foreign = Object.keys(task ?? {}).find((name) => name !== "kind" && !names.includes(name));
  refuseIf(
    foreign !== undefined,
    `${origin(`task.${foreign}`)}: task.${foreign} is ${task?.[foreign!]}; the task ${kind} has ${names.length === 0 ? "no options" : `only ${names.join(", ")}`}. Remove it, or name the task that it belongs to with --task.`,
  );
  if (names.length === 0) return kind === problems[0].kind ? {} : { task: { kind } };
  const usual = Object.fromEntries(names.map((name) => [name, options[name].usual]));
  return { task: { ...usual, ...task, kind } };
}

function faultText(issue: z.core.$ZodIssue, values: unknown, origin: (path: string) => string): string {
  const path = issue.path.filter((part) => typeof part === "string").join(".");
  const value = path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)?.[key], values);
  return `${origin(path)}: ${path} is ${shown(value)}; it must be ${allowedText(path)}. Change it or leave it out.`;
}

/** A value as a message shows it, at most 60 characters. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "empty" : value.join(",").slice(0, 60);
  return (typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, 60) || '""';
}

function geometryOf(settings: StudySettings) {
  const { size, patch, stride, boundary } = settings;
  return { height: size, width: size, patch, stride, boundary };
}

function checkSizes(settings: StudySettings, origin: (path: string) => string): void {
  const { features, imageSizes } = settings;
  const images = growsImages(settings);
  const axis = images ? "imageSizes" : "features";
  refuseIf(
    settings[axis].length < 3,
    `${origin(axis)}: ${axis} is ${shown(settings[axis])}; it must be ${allowedText(axis)}. Change it${images ? "" : " or leave it out"}.`,
  );
  refuseIf(
    images && features.length !== 1,
    `${origin("features")}: features is ${shown(features)}; with sizeAxis image it must be one number, since the images grow and the dictionary stays. Write --features 64.`,
  );
  refuseIf(
    !images && imageSizes.length > 0,
    `${origin("imageSizes")}: imageSizes is ${shown(imageSizes)}; with sizeAxis features it must be none. Remove it, or add --size-axis image.`,
  );
  for (const path of ["features", "imageSizes", "leftOut"] as const) {
    const sizes = settings[path];
    const twice = sizes.find((size, i) => i > 0 && sizes[i - 1] === size);
    refuseIf(twice !== undefined, `${origin(path)}: ${path} names ${twice} twice; each size counts once. Remove one.`);
  }
  const both = settings.leftOut.find((size) => settings[axis].includes(size));
  refuseIf(
    both !== undefined,
    `${origin("leftOut")}: leftOut has ${both}, which ${axis} fits too; a size tests the prediction only if it is kept out of the fit. Remove it from one of the two.`,
  );
}

/** Every window must hold a network, and lie in the images; arrays bring their own size. */
function checkSides(settings: StudySettings, origin: (path: string) => string): void {
  const { data, size, patch } = settings;
  if (!growsImages(settings)) return;
  for (const path of ["imageSizes", "leftOut"] as const) {
    for (const side of settings[path]) {
      refuseIf(
        data !== "arrays" && side > size,
        `${origin(path)}: ${path} has ${side}; windows must fit images of ${size}×${size} (size). Use smaller sides${data === "cifar10" ? "" : ", or a larger size"}.`,
      );
      refuseIf(
        side < Math.max(...patch),
        `${origin(path)}: ${path} has ${side}; a side must be at least that of the patch, ${patch.join("×")}. Use larger sides or a smaller patch.`,
      );
      checkGeometry({ ...posterGeometry(1), ...geometryOf({ ...settings, size: side }) });
    }
  }
}

function checkLearning({ learning }: StudySettings, origin: (path: string) => string): void {
  const { rule, step, constraint, zeroMean, nonnegative, lambdaBySize = [] } = learning;
  const twice = lambdaBySize.find(([features], i) => lambdaBySize.findIndex(([other]) => other === features) < i);
  refuseIf(
    twice !== undefined,
    `${origin("learning.lambdaBySize")}: learning.lambdaBySize names ${twice?.[0]} features twice; each size trains at one λ. Remove one.`,
  );
  const tangent = rule === "tangent-newton";
  refuseIf(
    (tangent || rule === "newton") && step > 1,
    `${origin("learning.step")}: learning.step is ${step}; with learning.rule ${rule} it must be at most 1 (0.3 oscillates already). Lower it or change learning.rule.`,
  );
  refuseIf(
    tangent && constraint !== "unit",
    `${origin("learning.constraint")}: learning.constraint is ${constraint}; learning.rule tangent-newton moves atoms of norm 1. Set it to unit, or change learning.rule.`,
  );
  refuseIf(
    zeroMean && nonnegative,
    `${origin("learning.nonnegative")}: learning.zeroMean and learning.nonnegative are both true; only an atom of zeros has mean 0 and no negative value. Set one of them to false.`,
  );
}

function checkImages(settings: StudySettings, origin: (path: string) => string): void {
  const { data, size, patch, stride, trainingImages, testImages, learning, sweep } = settings;
  refuseIf(
    !settings.normalise && data !== "arrays",
    `${origin("normalise")}: normalise is false; pictures of ${data} are always normalised, only arrays may be coded as they are. Leave it out, or give an .npy file with --data.`,
  );
  refuseIf(
    data !== "arrays" && Math.max(...patch) > size,
    `${origin("patch")}: patch is ${patch.join("×")}, which does not fit images of ${size}×${size}. Use a smaller patch or a larger size.`,
  );
  refuseIf(
    stride[0] > patch[0] || stride[1] > patch[1],
    `${origin("stride")}: stride is ${stride.join("×")}; it must be at most the patch, ${patch.join("×")}, or some pixels would belong to no atom. Use a smaller stride or a larger patch.`,
  );
  if (data === "cifar10") {
    refuseIf(size !== 32, `${origin("size")}: size is ${size}; CIFAR-10 images are 32×32. Leave size out.`);
    const limit = (path: "trainingImages" | "testImages", most: number) =>
      refuseIf(
        settings[path] > most,
        `${origin(path)}: ${path} is ${settings[path]}; CIFAR-10 has ${grouped(most)}. Ask for at most that many.`,
      );
    limit("trainingImages", 50_000);
    limit("testImages", 10_000);
  }
  refuseIf(
    sweep.pilotImages > learning.heldOut,
    `${origin("sweep.pilotImages")}: sweep.pilotImages is ${sweep.pilotImages}; the pilot uses held-out images, of which learning.heldOut keeps ${learning.heldOut}. Raise learning.heldOut or lower sweep.pilotImages.`,
  );
  const few = adviceForFew(settings, trainingImages);
  refuseIf(few !== null, `${origin("trainingImages")}: trainingImages is ${trainingImages}. ${few}`);
  refuseIf(
    testImages > 10_000_000 - trainingImages,
    `${origin("testImages")}: ${testImages} test and ${trainingImages} training images are more than ten million. Use fewer.`,
  );
}

function checkSweep(settings: StudySettings, origin: (path: string) => string): void {
  const { largest, smallest, factor } = settings.sweep;
  const points = Math.floor(Math.log(largest / smallest) / Math.log(factor)) + 1;
  refuseIf(
    points < 5,
    `${origin("sweep.smallest")}: sweep.largest ${largest} down to sweep.smallest ${smallest} by factors of ${factor} gives ${Math.max(0, points)} values; a minimum needs at least 5. Widen the range or lower sweep.factor.`,
  );
}

function refuseIf(fault: boolean, message: string): void {
  if (fault) throw new CrispError("usage", message);
}
