// The package as it is installed, in a .tgz: what is built, README, licence, and package.json without what only a
// clone needs. Its script "prepare" builds a clone; in an installed package npm would warn of it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const destination = resolve(process.argv[2] ?? ".");
const stage = join(root, ".cache", `package-${process.pid}`);

if (!existsSync(join(root, "dist", "cli.js"))) {
  console.error('dist/ is not built. Run "npm run build" first.');
  process.exit(1);
}
mkdirSync(stage, { recursive: true });
for (const name of ["dist", "README.md", "LICENSE"]) cpSync(join(root, name), join(stage, name), { recursive: true });
const { scripts, devDependencies, overrides, ...manifest } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const words = ["pack", "--json", "--pack-destination", destination];
const { status } = spawnSync("npm", words, { cwd: stage, stdio: ["ignore", "inherit", "inherit"] });
rmSync(stage, { recursive: true, force: true });
process.exit(status ?? 1);
