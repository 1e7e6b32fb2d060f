/**
 * `crisp doctor`: what this machine can do. A check that a study needs and
 * that fails ends the command with status 5; the others only inform.
 */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, freemem, platform } from "node:os";
import type { Command } from "commander";
import { randomAtoms } from "../coding/atoms.js";
import { CrispError } from "../core/errors.js";
import { imageLength, posterGeometry } from "../core/geometry.js";
import { draws, purpose } from "../core/random.js";
import { openWasm } from "../engine/wasm/engine.js";
import { cifarCache } from "../node/cifar-archive.js";
import { holdsCifar } from "../node/cifar-files.js";
import { kernelModule } from "../node/kernel.js";
import { memoryLimit } from "./machine.js";
import { printJson, printText } from "./output.js";
import { bytesText } from "./words.js";

type Check = {
  readonly name: string;
  readonly ok: boolean;
  /** false: the check only informs. */
  readonly required: boolean;
  readonly found: string;
  /** What to do if it is not ok. */
  readonly advice: string;
};

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("what this machine can do")
    .description(
      "Checks Node, processor, memory, the coding kernel, disk and data. Status 5 if something needed fails.",
    )
    .option("--json", "print the checks as one line of JSON")
    .action(async (options: { json?: boolean }) => {
      const checks = [
        nodeCheck(),
        coresCheck(),
        memoryCheck(),
        await kernelCheck(),
        diskCheck(),
        await cifarCheck(),
        chromiumCheck(),
      ];
      const failed = checks.filter((check) => check.required && !check.ok);
      if (options.json) printJson({ ok: failed.length === 0, checks });
      else printText(checks.map(checkLine).join("\n"));
      if (failed.length > 0) {
        throw new CrispError(
          "check",
          `${failed.map((check) => check.name).join(", ")}: not fit for a study; see above.`,
        );
      }
    });
}

function checkLine(check: Check): string {
  const word = check.ok ? "ok" : check.required ? "FAILS" : "absent";
  return `${word.padEnd(8)}${check.name.padEnd(12)}${check.found}${check.ok ? "" : `. ${check.advice}`}`;
}

function nodeCheck(): Check {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const found = `Node ${process.versions.node} on ${platform()} ${arch()}`;
  return { name: "node", ok, required: true, found, advice: "Install Node 20.19 or later." };
}

function coresCheck(): Check {
  const found = `${availableParallelism()} usable, ${cpus()[0]?.model.trim() ?? "model unknown"}`;
  return { name: "cores", ok: true, required: false, found, advice: "" };
}

function memoryCheck(): Check {
  const found = `${bytesText(memoryLimit())}, ${bytesText(freemem())} free`;
  return { name: "memory", ok: memoryLimit() > 1e9, required: true, found, advice: "A study needs about 1 GB." };
}

/** Codes one image of noise with 16 random atoms and proves the result from the code itself. */
async function kernelCheck(): Promise<Check> {
  const advice = "Use a 64-bit processor and Node 20.19 or later, or install crisp-sparse again.";
  const check = { name: "kernel", required: true, advice };
  try {
    const geometry = posterGeometry(16);
    const coder = openWasm(await kernelModule()).prepare({ geometry, atoms: randomAtoms(geometry, 1) });
    const draw = draws({ seed: 1, purpose: purpose.test }, 16);
    const image = Float32Array.from({ length: imageLength(geometry) }, () => draw.gaussian());
    const lambda = 1;
    const [coding] = coder.path(image, [lambda], { threshold: { kind: "soft", rectified: true }, tolerance: 1e-3 });
    const squared = image.reduce((sum, s, i) => sum + (s - coding.reconstruction[i]) ** 2, 0);
    const energy = squared / 2 + lambda * coding.code.value.reduce((sum, a) => sum + a, 0);
    // float32 pictures of 3,072 values: 1e-5 relative is ample
    const ok = coding.converged && Math.abs(energy / coding.energy - 1) < 1e-5;
    return { ...check, ok, found: `WebAssembly with SIMD, one image coded to a gap of ${coding.gap.toExponential(1)}` };
  } catch (error) {
    return { ...check, ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}

function diskCheck(): Check {
  const { bavail, bsize } = statfsSync(".");
  const free = bavail * bsize;
  const found = `${bytesText(free)} free here${writable(".") ? "" : ", not writable"}`;
  return {
    name: "disk",
    ok: free > 2e8 && writable("."),
    required: true,
    found,
    advice: "A study needs about 200 MB.",
  };
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function cifarCheck(): Promise<Check> {
  const folder = cifarCache();
  const ok = await holdsCifar(folder);
  const advice = 'Fetch it once with "crisp data cifar10", or name a copy with --from; leaves need nothing.';
  return { name: "cifar10", ok, required: false, found: ok ? folder : `not in ${folder}`, advice };
}

function chromiumCheck(): Check {
  const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
    existsSync(file),
  );
  const advice = "Only Crisp's own tests need it.";
  return { name: "chromium", ok: path !== undefined, required: false, found: path ?? "not found", advice };
}
