/**
 * The page's style: a typeset paper. Twelve columns of 1080 px, one column below
 * 900; rules and white space make the structure; light, dark, print and forced
 * colours. Figures choose their drawing by the width they are given.
 */

import type { FontFace } from "./input.js";
import { escapeText } from "./markup.js";
import { dark, declare, figureRules, light, sans, variables } from "./theme.js";

const serif = '"Source Serif 4",Charter,Georgia,serif';

/** @font-face rules that carry the files themselves. */
export function fontFaces(fonts: readonly FontFace[]): string {
  return fonts
    .map(
      (font) =>
        `@font-face{font-family:"${escapeText(font.family)}";font-style:${font.style};font-weight:200 900;font-display:swap;` +
        `src:url(data:font/woff2;base64,${font.base64}) format("woff2");unicode-range:${font.characters}}`,
    )
    .join("\n");
}

/** The whole style sheet of a page: fonts, colours of both themes, layout, figures, phones, print, forced colours. */
export function pageStyle(fonts: readonly FontFace[]): string {
  return [
    fontFaces(fonts),
    `:root{color-scheme:light dark;${declare(light)}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${declare(dark)}}}`,
    page,
    tables,
    figures,
    figureRules(variables, ".fig "),
    narrowScreens,
    printed,
    forced,
  ].join("\n");
}

const page = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 16px/24px ${sans};font-variant-numeric:tabular-nums lining-nums}
.page{max-width:1128px;margin:0 auto;padding:0 24px 32px}
h1,h2,p,dl,dd,figure,ul{margin:0;padding:0}
b,h2,strong{font-weight:600}
sup{font-size:.7em;line-height:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.grey{color:var(--ink2)}
.note{font-size:14px;line-height:20px;color:var(--ink2);max-width:66ch;text-wrap:pretty}
header.top{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 24px;padding:12px 0;border-bottom:1px solid var(--ink);font-size:14px;line-height:24px}
.progress{padding:8px 0;border-bottom:1px solid var(--rule);font-size:15px}
section{border-top:1px solid var(--rule);padding:24px 0 32px}
section.first{border-top:0;padding-top:32px}
.below{margin-top:24px}
.grid{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:24px}
.c12{grid-column:span 12}.c8{grid-column:span 8}.c6{grid-column:span 6}.c4{grid-column:span 4}
h1{font:600 34px/40px ${serif};text-wrap:balance;max-width:20em}
.stand{font:400 19px/28px ${serif};margin-top:12px;max-width:37em;text-wrap:pretty}
.facts{font-size:14px;line-height:24px;justify-self:end;padding-top:4px}
.facts div{display:grid;grid-template-columns:79px minmax(0,1fr)}
.facts dt,.origin dt{color:var(--ink2)}
.tests{margin-top:16px;list-style:none;font-size:15px;line-height:22px}
.tests li{display:grid;grid-template-columns:14px 98px minmax(0,1fr);gap:12px;padding:4px 0}
.tests svg{margin-top:4px}
.origin{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:16px 24px;font-size:14px;line-height:20px}
.origin dd{overflow-wrap:anywhere}
footer{border-top:1px solid var(--ink);padding-top:16px}
footer p{margin-top:16px;font-size:14px;line-height:20px}
button{font:inherit;color:inherit;background:none;border:0;padding:4px 0;margin-right:12px;text-decoration:underline;cursor:pointer}
pre{margin:8px 0 0;overflow-x:auto}
code,pre{font:13px/20px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.heading{font-size:15px;line-height:22px;margin-bottom:9px}
.notes{list-style:none;font-size:15px;line-height:22px;max-width:72ch}
.notes li{padding:3px 0;text-wrap:pretty;overflow-wrap:anywhere}
.warn{border-left:2px solid var(--ink);padding:0 0 0 12px!important;margin:6px 0}`;

const tables = `
table{border-collapse:collapse;width:100%;font-size:15px;line-height:22px;border-bottom:1px solid var(--ink)}
caption,figcaption{text-align:left;font-size:15px;line-height:22px;padding-bottom:12px;max-width:100ch;text-wrap:pretty}
caption h2,figcaption h2{display:inline;font:inherit;font-weight:600}
th,td{padding:4px 0 4px 12px;text-align:left;font-weight:400;vertical-align:baseline}
th:first-child{padding-left:0}
thead th{border-top:1px solid var(--ink);border-bottom:1px solid var(--ink);color:var(--ink2);font-size:14px;line-height:22px}
.n{text-align:right;white-space:nowrap}
.refused{text-align:right;color:var(--ink2)}
.transition td,.transition th{padding-top:6px;padding-bottom:6px}.transition .note{display:inline-block}
.transition .verdict{white-space:nowrap}.transition+.pair{margin-top:24px}
.apart th,.apart td{border-top:1px solid var(--rule)}
.pm{display:inline-block;margin-left:2px;text-align:left;font-size:13px;color:var(--ink2);white-space:nowrap}
.fig.key{display:inline-block;vertical-align:-3px;margin-right:5px}
details{margin-top:16px;font-size:14px;line-height:20px}
details+details{margin-top:4px}
summary{cursor:pointer;color:var(--ink2);width:fit-content}
summary:hover{color:var(--ink)}
.scroll{overflow-x:auto;max-height:420px;overflow-y:auto;margin-top:8px;display:flex;flex-wrap:wrap;gap:24px;align-items:start}
.scroll table{width:auto;font-size:13px;line-height:18px;flex:none}
.scroll caption{padding-bottom:4px}
.scroll th,.scroll td{padding:1px 0 1px 16px;white-space:nowrap}
.scroll th:first-child{padding-left:0}
.scroll.starts{margin-top:0}.starts table{width:100%;font-size:14px;line-height:22px}.starts th,.starts td{padding:4px 0 4px 16px}`;

const figures = `
.drawn{container-type:inline-size;width:100%}
.fig{display:block;max-width:100%;height:auto;overflow:visible}
.at-wide{display:none}
@container (min-width:527px){.at-wide{display:block}.at-narrow{display:none}}
.drawn.use{container-type:normal}
.drawn.use .at-wide{display:block}.drawn.use .at-narrow{display:none}
.pair{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:32px 24px;margin-top:12px}
img{display:block;image-rendering:pixelated;max-width:100%;height:auto}
.sheet-narrow{display:none}
.strip{display:grid;grid-template-columns:repeat(5,max-content);justify-content:space-between;gap:12px 16px;margin-top:8px;font-size:14px;line-height:20px}
.strip+.about{margin-top:32px}
.strip figure{max-width:100%}
.strip p{padding-top:6px}
.about{font-size:14px;line-height:20px;color:var(--ink2);margin-top:12px}
.sheet .note{padding-bottom:4px}.more{margin-top:8px}.more img{margin-top:8px}`;

const narrowScreens = `
@media (max-width:1127px){.c8.sheet,.c4.beside{grid-column:span 12}}
@media (max-width:899px){
.page{padding:0 16px 24px}
.c12,.c8,.c6,.c4{grid-column:span 12}
h1{font-size:26px;line-height:31px}
.stand{font-size:17px;line-height:25px}
.facts{justify-self:start}
table{font-size:14px;line-height:20px}
.origin{grid-template-columns:repeat(2,minmax(0,1fr))}
.drawn.use .at-wide{display:none}.drawn.use .at-narrow{display:block}
}
@media (max-width:1099px){.strip{grid-template-columns:repeat(auto-fill,minmax(160px,max-content));justify-content:start}.strip img{width:var(--small)}}
@media (min-width:736px) and (max-width:911px){.strip{grid-template-columns:repeat(auto-fill,minmax(128px,max-content))}.strip img{width:var(--smaller)}}
@media (max-width:759px){.sheet-wide{display:none}.sheet-narrow{display:block}}
@media (max-width:559px){
.wide{display:none}
.tests li{grid-template-columns:14px minmax(0,1fr);gap:0 12px}
.tests li span:last-child{grid-column:2}
th,td{padding-left:8px}
}
@media (max-width:399px){.page{padding:0 8px 24px}}`;

const printed = `
@page{size:A4;margin:16mm}
@media print{
:root{color-scheme:light}
body{font-size:10pt;line-height:14pt}
.page{max-width:none;padding:0}
.c8{grid-column:span 8}.c6{grid-column:span 6}.c4{grid-column:span 4}.c12{grid-column:span 12}
.grid,.pair{column-gap:8mm}
.at-wide{display:none!important}.at-narrow{display:block!important}
h1{font-size:20pt;line-height:24pt}.stand{font-size:11.5pt;line-height:16pt}
caption,figcaption{font-size:9.5pt;line-height:13pt}table{font-size:9pt;line-height:12.5pt}
.facts,.tests,.notes{font-size:9pt;line-height:13pt}
.tests li{grid-template-columns:12px 62pt minmax(0,1fr);gap:8px}.tests li span:last-child{grid-column:auto}.tests svg{margin-top:3px}
.wide{display:none}
thead th{font-size:8.5pt;line-height:12pt}.pm{font-size:7.5pt}.note,.about{font-size:8.5pt;line-height:12pt}.heading{font-size:9.5pt;line-height:13pt}
.c8.sheet,.c4.beside{grid-column:span 6}
.drawn.use .at-wide{display:none!important}.drawn.use .at-narrow{display:block!important}
section{padding:10pt 0 12pt}section.first{padding-top:16pt}header.top{font-size:9pt;line-height:12pt}footer p,code{font-size:8.5pt}
figure,table,.strip,.tests,.origin,img{break-inside:avoid}
figcaption{break-after:avoid}
details,.cite{display:none}
.sheet-wide{display:block!important;width:100%}.sheet-narrow{display:none!important}
.strip{grid-template-columns:repeat(5,1fr);gap:3mm;font-size:8pt;line-height:10pt}.strip+.about{margin-top:10pt}.strip p{padding-top:2pt}.strip img{width:100%}
.origin{grid-template-columns:repeat(4,minmax(0,1fr));font-size:9pt;line-height:12pt}
}`;

const forced = `
@media (forced-colors:active){
:root{--paper:Canvas;--ink:CanvasText;--ink2:CanvasText;--ink3:CanvasText;--rule:CanvasText;--grid:CanvasText;--accent:Highlight;${light.sizes.map((_, i) => `--s${i}:CanvasText`).join(";")}}
.fig{forced-color-adjust:none}
.fig .grid{stroke-opacity:.25}
img{forced-color-adjust:none}
}`;
