/**
 * Advance widths of Source Sans 3 in thousandths of the type size, measured
 * with tabular figures, so that labels can be placed without a browser.
 */
const characters =
  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~−×±·–—…’%λσνγΦχθΔ ²³°";

// biome-ignore format: tables of numbers
const regular = [200,289,426,497,497,824,609,249,303,303,418,497,249,311,249,350,497,497,497,497,497,497,497,497,497,497,249,249,497,497,497,425,847,537,588,545,615,527,494,617,652,263,443,579,486,727,647,664,566,664,569,522,536,645,524,786,513,476,524,303,350,303,497,500,542,504,553,437,555,496,289,504,544,246,247,495,255,829,547,542,555,555,347,419,320,544,467,719,446,467,425,303,241,303,497,497,497,497,249,480,800,948,249,824,451,537,461,448,719,481,522,588,200,367,367,331];
// biome-ignore format: tables of numbers
const semibold = [200,315,482,513,513,841,639,275,324,324,438,513,275,322,275,344,513,513,513,513,513,513,513,513,513,513,275,275,513,513,513,444,875,554,597,546,625,538,510,628,663,282,458,597,502,745,657,674,582,674,592,531,546,655,545,800,541,501,527,324,344,324,513,500,549,516,563,440,564,507,309,520,558,262,263,522,271,843,560,549,564,564,373,431,343,556,495,748,481,495,443,324,255,324,513,513,513,513,275,480,800,964,275,841,477,551,477,473,740,504,536,614,200,372,372,348];

const places = new Map([...characters].map((character, i) => [character, i]));

/** Width of one line of plain text, in pixels; an unknown character counts as wide as "m". */
export function lineWidth(text: string, size: number, bold: boolean): number {
  const table = bold ? semibold : regular;
  let sum = 0;
  for (const character of text) sum += table[places.get(character) ?? 77];
  return (sum * size) / 1000;
}

/** Width of a digit in tabular figures, in em. */
export const digitWidth = 0.497;
/** Width of the decimal point, in em. */
export const pointWidth = 0.249;
