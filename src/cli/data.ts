/** `crisp data SPEC`: fetches a data set if it must, checks it, and says what it holds. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { openImages } from "../node/data.js";
import { whole } from "../report/numbers.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { draftOf, planOf, type StudyOptions } from "./settings.js";
import { fetchedText } from "./words.js";

export function addData(program: Command, context: Context): void {
  program
    .command("data")
    .summary("fetch and check a data set")
    .description(
      "Opens a data set as a study would, every image of it unless told otherwise, and says what it holds: cifar10 without --from is downloaded once and checked against its checksums.",
    )
    .argument("<spec>", "leaves, cifar10, a folder of pictures, or an .npy or .npz file")
    .option("--from <path>", "folder or archive that holds the data set")
    .option("--layout <axes>", "axes of arrays: nhwc (channels last) or nchw")
    .option("--training-images <n>", "training images to open (default: all)")
    .option("--test-images <n>", "test images to open (default: all)")
    .option("--seed <n>", "seed of the leaves images")
    .option("--json", "print what it holds as one line of JSON")
    .action((spec: string, options: StudyOptions) => dataCommand(spec, options, context));
}

async function dataCommand(spec: string, options: StudyOptions, context: Context): Promise<void> {
  const { settings, from } = planOf(
    await draftOf(undefined, { preset: "tiny", ...options, data: spec }, context.environment),
    {},
  );
  const { data, size, seed, layout } = settings;
  // Leaves have no end: as many as the smallest study draws.
  const count = (name: "trainingImages" | "testImages"): number | "all" =>
    data === "leaves" || options[name] !== undefined ? settings[name] : "all";
  const counts = { trainingImages: count("trainingImages"), testImages: count("testImages") };
  const place = from === undefined ? undefined : resolve(from);
  const onProgress = (received: number, total: number | undefined) =>
    context.terminal.progress(fetchedText(received, total));
  const images = await resumable(context, "What is fetched so far is kept.", (signal) =>
    openImages({ data, from: place, size, seed, layout, ...counts }, { signal, onProgress }),
  );
  for (const warning of images.warnings) context.terminal.warning(warning);
  const { source, citation, hash, height, width, channels } = images;
  const found = { training: images.training.count, test: images.test.count };
  images.close?.();
  if (options.json) return printJson({ source, citation, hash, height, width, channels, ...found });
  const lines = [
    `${source}: ${whole(found.training)} training and ${whole(found.test)} test images of ${height}×${width}×${channels}`,
    `content ${hash}`,
  ];
  printText([...lines, ...(citation === null ? [] : [`Please cite: ${citation}`])].join("\n"));
}
