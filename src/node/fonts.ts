/**
 * The report's fonts, read from the installed packages (SIL Open Font License):
 * Source Sans 3 for figures and tables, Source Serif 4 for the headline.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { FontFace } from "../report/input.js";

const latin = "U+0000-00FF,U+2000-206F,U+20AC,U+2122,U+2212,U+2215";
const greek = "U+0370-03FF";

const faces = [
  ["Source Sans 3", "source-sans-3", "latin", "normal", latin],
  ["Source Sans 3", "source-sans-3", "latin", "italic", latin], // without it no italic L beside an italic λ
  ["Source Sans 3", "source-sans-3", "greek", "normal", greek],
  ["Source Sans 3", "source-sans-3", "greek", "italic", greek],
  ["Source Serif 4", "source-serif-4", "latin", "normal", latin],
  ["Source Serif 4", "source-serif-4", "greek", "normal", greek],
] as const;

/** The six font files, 158 kB, as a report embeds them. */
export async function reportFonts(): Promise<readonly FontFace[]> {
  const { resolve } = createRequire(import.meta.url);
  return Promise.all(
    faces.map(async ([family, name, subset, style, characters]) => {
      const path = resolve(`@fontsource-variable/${name}/files/${name}-${subset}-wght-${style}.woff2`);
      return { family, style, characters, base64: (await readFile(path)).toString("base64") };
    }),
  );
}
