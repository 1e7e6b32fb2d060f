/**
 * Text for pages and figures. Our own sentences carry a small markup that both
 * HTML and SVG understand: **bold**, _variable_ (italic), ~grey~ and ^{superscript}.
 * Words that come from outside (names, file paths, warnings) never pass through
 * it: they are only escaped.
 */
export type Run = { readonly text: string; readonly kind: "plain" | "bold" | "italic" | "grey" | "raised" };

const pattern = /\*\*(.+?)\*\*|_(.+?)_|~(.+?)~|\^\{(.+?)\}/g;

/** The runs of a marked-up sentence, in order. Bold may hold variables: they stay bold and upright runs around italics. */
export function runs(marked: string): readonly Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const match of marked.matchAll(pattern)) {
    if (match.index > from) found.push({ text: marked.slice(from, match.index), kind: "plain" });
    if (match[1] !== undefined) found.push({ text: match[1], kind: "bold" });
    else if (match[2] !== undefined) found.push({ text: match[2], kind: "italic" });
    else if (match[3] !== undefined) found.push({ text: match[3], kind: "grey" });
    else found.push({ text: match[4], kind: "raised" });
    from = match.index + match[0].length;
  }
  if (from < marked.length) found.push({ text: marked.slice(from), kind: "plain" });
  return found;
}

/** The sentence without its markup: labels, names for screen readers. */
export function plainText(marked: string): string {
  return marked.replace(/\*\*|[_~]/g, "").replace(/\^\{(.+?)\}/g, "^$1");
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
