/**
 * The coverage table of docs/scaling.md as a figure: one dot a cell, every
 * quantity a row, for each shape of curve. Writes docs/coverage.svg.
 * The table is that of bench/scaling-coverage.ts with the shape put before it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { reportFonts } from "../src/node/fonts.js";
import { standalone } from "../src/report/standalone.js";
import { line, marker } from "../src/report/svg/marks.js";
import { svg, xAxis } from "../src/report/svg/panel.js";
import { linearScale } from "../src/report/svg/scale.js";
import { text, textWidth } from "../src/report/svg/text.js";

const page = readFileSync("docs/scaling.md", "utf8");
const cells = [...page.matchAll(/^\| (skewed|steep) \| (.+) \|$/gm)].map(([, shape, rest]) => ({
  shape,
  numbers: rest.split(" | ").map(Number),
}));
const quantities = ["location exponent", "value exponent", "location", "value", "new location", "new value"];
if (cells.length === 0 || cells.some(({ numbers }) => numbers.length !== quantities.length + 3))
  throw new Error("docs/scaling.md holds no coverage table of nine numbers a row.");

const [width, top, step] = [528, 56, 34];
const height = top + step * quantities.length + 44;
const left = Math.max(...quantities.map(textWidth)) + 20;
const area = { left, right: width - 8, top, bottom: height - 46 };
const x = linearScale([92, 99], [left, width - 8]);
const all = cells.flatMap(({ numbers }) => numbers.slice(2, 8));
const finding = `Every one of ${all.length} cells is covered in ${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} percent`;
const { bottom } = area;
const dress = {
  skewed: { colour: 4, shape: 0, hollow: false },
  steep: { colour: 2, shape: 1, hollow: false },
} as const;
const key = (["skewed", "steep"] as const).map(
  (shape, i) =>
    marker([left + 8 + i * 130, 32], dress[shape], 4.5) + text([left + 18 + i * 130, 36.5], `${shape} curve`),
);
const body = [
  text([0, 12], "**How often 95% intervals hold the truth**"),
  ...key,
  xAxis({ width, area, x }, [93, 94, 95, 96, 97, 98], ["93%", "94%", "95%", "96%", "97%", "98%"]),
  text([width - 8, height - 5], "covered, of 2,000 repeats a cell", { anchor: "end" }),
  line([x.at(95), top - 8], [x.at(95), bottom], "axis"),
  ...[93, 98].map((at) => line([x.at(at), top - 8], [x.at(at), bottom], "ref")),
  ...quantities.map((name, row) => text([0, top + step * row + 16], name)),
  ...cells.flatMap(({ shape, numbers }) =>
    quantities.map((_, row) => {
      const own = shape === "skewed" ? 6 : 18;
      return marker([x.at(numbers[row + 2]), top + step * row + own], dress[shape as keyof typeof dress], 4.5);
    }),
  ),
];
writeFileSync("docs/coverage.svg", `${standalone(svg({ width, height, finding }, ...body), await reportFonts())}\n`);
console.log(`docs/coverage.svg: ${finding}.`);
