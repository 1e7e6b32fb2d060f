// The CSV reader: what it reads, in pieces of any length, and what it refuses with its line.
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/formats/csv.js";

function recordsOf(text: string, piece = text.length || 1): { fields: readonly string[]; line: number }[] {
  const found: { fields: readonly string[]; line: number }[] = [];
  const csv = openCsv("t.csv", (fields, line) => found.push({ fields, line }));
  for (let at = 0; at < text.length; at += piece) csv.push(text.slice(at, at + piece));
  csv.end();
  return found;
}
const fields = (text: string) => recordsOf(text).map((record) => record.fields);

describe("CSV", () => {
  it("gives the same records however it is cut", () => {
    const text = '\ufeffa,"b ""x""\r\ny",c\r\n1,,3\n\n"4,5","",6';
    const whole = recordsOf(text);
    expect(whole).toEqual([
      { fields: ["a", 'b "x"\ny', "c"], line: 1 },
      { fields: ["1", "", "3"], line: 3 },
      { fields: ["4,5", "", "6"], line: 5 },
    ]);
    for (let piece = 1; piece < text.length; piece++) expect(recordsOf(text, piece)).toEqual(whole);
  });

  it("takes comma, semicolon or tab, whichever the first line holds outside quotes", () => {
    expect(fields("a;b\n1;2")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
    expect(fields('"a,b"\tc\n1,2\t3')).toEqual([
      ["a,b", "c"],
      ["1,2", "3"],
    ]);
  });

  const three = [
    ["a", "b"],
    ["1", "2"],
    ["3", "4"],
  ];
  it.each([
    ["blanks", "a  b\n 1 2\n3    4 \n"],
    ["CR alone", "a,b\r1,2\r3,4\r"],
    ["a stated separator", "sep=;\na;b\n1;2\n3;4"],
    ["a stated tab", '"sep=\t"\r\na\tb\r\n1\t2\r\n3\t4'],
    ["comments, with a quote too", '# it\'s 5" wide\na,b\n1,2\n  % more\n3,4\n# end "'],
    ["names in a comment", "# made by hand\n# a b\n1 2\n3 4"],
    ["names in a comment before commas", "#a b\n1,2\n3,4"],
    ["blanks round quotes", ' "a" , "b"\n "1", "2" \n3, "4"'],
    ["quotes between blanks", '"a" "b"\n"1" 2\n3 4'],
    ["a separator at the end of lines", "a,b\n1,2,\n3,4,"],
  ])("takes %s, however it is cut", (_what, text) => {
    const whole = fields(text).map((record) => record.map((field) => field.trim()));
    expect(whole).toEqual(three);
    for (let piece = 1; piece < text.length; piece++) expect(recordsOf(text, piece)).toEqual(recordsOf(text));
  });

  it("takes commas inside numbers between blanks for decimals", () => {
    expect(fields("# a b\n1 0,5\n2 1,25")).toEqual([
      ["a", "b"],
      ["1", "0,5"],
      ["2", "1,25"],
    ]);
  });

  it.each([
    ["a line with a field too few", "a,b\n1,2\n3\n", "t.csv, line 3: 1 field; the first line has 2"],
    ["a quote never closed", 'a,b\n1,"2\n3,4\n', "t.csv, line 2: a quote is opened and never closed"],
    ["a quote inside a field", 'a,b\n1,2"3"\n', "t.csv, line 2: a quote within"],
    ["text after a closing quote", 'a,b\n1,"2"3\n', "t.csv, line 2: a quote within"],
  ])("refuses %s", (_claim, text, says) => {
    expect(() => recordsOf(text)).toThrow(says);
    expect(() => recordsOf(text, 1)).toThrow(says);
  });
});
