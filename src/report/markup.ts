/**
 * Text for pages and figures. Our own sentences carry a small markup that both
 * HTML and SVG understand: **bold**, _variable_ (italic), ~grey~, ^{superscript} and _{subscript};
 * a backslash before one of their signs leaves the sign as it is.
 * Words that come from outside (names, file paths, warnings) never pass through
 * it: they are only escaped.
 */
export type Run = { readonly text: string; readonly kind: "plain" | "bold" | "italic" | "grey" | "raised" | "lowered" };

const kinds = ["plain", "bold", "lowered", "italic", "grey", "raised"] as const;
const pattern = /\\([\\*_~^])|\*\*(.+?)\*\*|_\{(.+?)\}|_(.+?)_|~(.+?)~|\^\{(.+?)\}/g;

/** The runs of a marked-up sentence, in order. Bold may hold variables: they stay bold and upright runs around italics. */
export function runs(marked: string): readonly Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const match of marked.matchAll(pattern)) {
    if (match.index > from) found.push({ text: marked.slice(from, match.index), kind: "plain" });
    const which = kinds.findIndex((_, i) => match[i + 1] !== undefined);
    found.push({ text: match[which + 1], kind: kinds[which] });
    from = match.index + match[0].length;
  }
  if (from < marked.length) found.push({ text: marked.slice(from), kind: "plain" });
  return found;
}

/** The sentence without its markup: labels, names for screen readers. */
export function plainText(marked: string): string {
  const signs = /\\([\\*_~^])|\*\*|([_^])\{(.+?)\}|[_~]/g;
  return marked.replace(signs, (_, sign = "", of = "", moved = "") => `${sign}${of}${moved}`);
}

/** A word from outside as marked-up text that shows it as it is. */
export function literal(word: string): string {
  return word.replace(/[\\*_~^]/g, "\\$&");
}

/** Escaped for HTML and XML text and double-quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** A sentence from elsewhere, escaped, its hyphens before digits made true minuses. */
export function quotedSentence(text: string): string {
  return escapeText(text).replace(/(^|[\s([,=^])-(?=[\d.])/g, "$1−");
}

/** A marked-up sentence as HTML. */
export function rich(marked: string): string {
  return runs(marked)
    .map((run) => {
      const inner = run.kind === "bold" || run.kind === "grey" ? rich(run.text) : escapeText(run.text);
      switch (run.kind) {
        case "plain":
          return inner;
        case "bold":
          return `<b>${inner}</b>`;
        case "italic":
          return `<i>${inner}</i>`;
        case "grey":
          return `<span class="grey">${inner}</span>`;
        case "raised":
          return `<sup>${inner}</sup>`;
        case "lowered":
          return `<sub>${inner}</sub>`;
        default:
          throw run.kind satisfies never;
      }
    })
    .join("");
}

/** An element with attributes; undefined and null ones are left out. Children are markup already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null | undefined>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : escapeText(String(value))}"`)
    .join("");
  const inner = children.join("");
  return inner === "" && closesItself.has(name) ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

const closesItself = new Set(["path", "rect", "circle", "line", "image", "img"]);

/** A coordinate to a hundredth of a pixel. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
