/**
 * Colours of the report, light and dark, and the classes figures are drawn
 * with. In the page the classes use CSS variables; a figure on its own carries
 * the colours themselves, because not every viewer knows variables.
 */

/** Colours by what they are for, as CSS writes them. */
type Theme = {
  readonly paper: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly rule: string;
  readonly grid: string;
  readonly accent: string;
  /** Six sizes, small to large; the seventh is grey. */
  readonly sizes: readonly string[];
  /** Opacity of a band of ink. */
  readonly band: string;
};

/** Contrast of every mark on paper is at least 3, of text at least 4.5; sizes grow darker. */
export const light: Theme = {
  paper: "#ffffff",
  ink: "#1a1a1a",
  ink2: "#555a60",
  ink3: "#6d7278",
  rule: "#d4d6d8",
  grid: "#ebecee",
  accent: "#0b5c8a",
  sizes: ["#6698c8", "#c3822a", "#6347cb", "#894f1e", "#2a276f", "#541008", "#6d7278"],
  band: "0.08",
};

/** The same on dark paper: sizes grow lighter. */
export const dark: Theme = {
  paper: "#14161a",
  ink: "#e8e8e6",
  ink2: "#b0b4ba",
  ink3: "#90959c",
  rule: "#3b4047",
  grid: "#25292e",
  accent: "#7cc4ee",
  sizes: ["#a95677", "#7851fc", "#9ea2f8", "#f29176", "#81f4f5", "#e7f111", "#90959c"],
  band: "0.11",
};

/** The theme whose every colour is a CSS variable of the page. */
export const variables: Theme = {
  ...(Object.fromEntries(Object.keys(light).map((name) => [name, `var(--${name})`])) as Record<keyof Theme, string>),
  sizes: light.sizes.map((_, i) => `var(--s${i})`),
};

/** Declarations that give the variables a theme's colours. */
export function declare(theme: Theme): string {
  const { sizes, ...single } = theme;
  const named = Object.entries(single).map(([name, value]) => `--${name}:${value}`);
  return [...named, ...sizes.map((colour, i) => `--s${i}:${colour}`)].join(";");
}

/** The face of figures, tables and text. */
export const sans = '"Source Sans 3",system-ui,sans-serif';

/** Rules of all marks; `scope` goes before each selector. */
export function figureRules(t: Theme, scope = ""): string {
  const rules: readonly (readonly [string, string])[] = [
    [".t", `font:400 13px ${sans};font-variant-numeric:tabular-nums lining-nums;fill:${t.ink}`],
    [".t2", `fill:${t.ink2}`],
    [".b", "font-weight:600"],
    [".i", "font-style:italic"],
    [".halo", `stroke:${t.paper};stroke-width:4px;stroke-linejoin:round;paint-order:stroke`],
    [".grid", `stroke:${t.grid}`],
    [".axis", `stroke:${t.ink3}`],
    [".curve", "fill:none;stroke-width:1.75px"],
    [".ink", `stroke:${t.ink}`],
    [".fit", `fill:none;stroke:${t.ink};stroke-width:1.25px`],
    [".dashed", "stroke-dasharray:5 3.5"],
    [".joined", `fill:none;stroke:${t.ink2};stroke-width:1.25px;stroke-dasharray:1.5 3`],
    [".ref", `fill:none;stroke:${t.ink3};stroke-width:1px;stroke-dasharray:4 3`],
    [".band", `fill:${t.ink};fill-opacity:${t.band}`],
    [".range", `stroke:${t.ink3};stroke-width:.75px`],
    [".predicted", `fill:${t.accent};fill-opacity:.22`],
    [".tick", `stroke:${t.accent};stroke-width:2px`],
    [".measured", `fill:${t.ink};stroke:${t.paper};stroke-width:1.5px`],
    [".wanted", `fill:${t.paper};stroke:${t.accent};stroke-width:2px`],
    [".mark", `stroke:${t.paper};stroke-width:3px;paint-order:stroke`],
    [".ring", `fill:${t.paper};stroke:${t.paper};stroke-width:5px`],
    [".open", `fill:${t.paper};stroke-width:2px`],
    [".bar", "stroke-width:1.5px"],
    [".box", `fill:${t.paper};stroke:${t.ink3}`],
    [".symbol", `fill:${t.ink};stroke:${t.ink}`],
    [".hollow", `fill:none;stroke:${t.ink}`],
    [".sheet", `fill:${t.paper}`],
    ...t.sizes.map((colour, i) => [`.f${i}`, `fill:${colour}`] as const),
    ...t.sizes.map((colour, i) => [`.k${i}`, `stroke:${colour}`] as const),
  ];
  return rules.map(([selector, body]) => `${scope}${selector}{${body}}`).join("\n");
}
