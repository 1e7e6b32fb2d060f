/** What the explorer's style adds to that of every page (report/style.ts): sliders, pictures, the sentence on top. */
import { pictureWindows } from "./pictures.js";

const serif = '"Source Serif 4",Charter,Georgia,serif';

const layout = `
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
section.first{padding-top:24px}
.now{font:400 24px/34px ${serif};max-width:42em;min-height:68px;text-wrap:pretty;padding-bottom:16px}
.now b{font-weight:600}
.now .at{border-bottom:2px solid var(--accent)}
.title{font:600 26px/32px ${serif};text-wrap:balance;margin-bottom:8px}
.prose{max-width:66ch;text-wrap:pretty}
h3{margin:0}
.below{margin-top:32px}
.stack>*+*{margin-top:12px}
a{color:inherit}
.warn{padding:4px 0 4px 12px!important;font-size:15px;line-height:22px;max-width:66ch}
.quality{font-size:15px;line-height:22px;max-width:60ch;text-wrap:pretty}
#expected{font-size:15px;line-height:22px;max-width:60ch}
#expected p+p{margin-top:8px}
.plot{width:100%;max-width:528px}
.plot .thin{stroke-width:1px}
.plot .f7{fill:var(--accent)}
.plot .k7{stroke:var(--accent)}
footer p{color:var(--ink2);max-width:100ch;margin:0}`;

const controls = `
.controls{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:4px 40px;border-top:1px solid var(--rule);padding-top:14px}
#control-lambda{grid-column:span 6}
#control-sigma,#control-features{grid-column:span 3}
.one{max-width:528px}
.named{display:flex;justify-content:space-between;gap:0 8px;font-size:15px;line-height:22px}
.named output{font-weight:600}
.track{position:relative;height:28px}
.ends{display:flex;justify-content:space-between;position:relative;font-size:13px;line-height:16px;color:var(--ink2);margin-top:-2px}
.between{position:absolute;left:var(--best,50%);transform:translateX(-50%);white-space:nowrap;background:var(--paper);padding:0 4px}
input[type=range]{appearance:none;-webkit-appearance:none;background:none;width:100%;height:44px;margin:-8px 0;position:relative;z-index:1;cursor:pointer}
input[type=range]::-webkit-slider-runnable-track{height:4px;background:linear-gradient(to right,var(--accent) var(--at,0%),var(--track) var(--at,0%))}
input[type=range]::-moz-range-track{height:4px;background:var(--track)}
input[type=range]::-moz-range-progress{height:4px;background:var(--accent)}
input[type=range]::-webkit-slider-thumb{-webkit-appearance:none;width:18px;height:18px;margin-top:-7px;border-radius:50%;border:2px solid var(--accent);background:var(--paper)}
input[type=range]::-moz-range-thumb{width:14px;height:14px;border-radius:50%;border:2px solid var(--accent);background:var(--paper)}
input[type=range]:focus-visible{outline:none}
input[type=range]:focus-visible::-webkit-slider-thumb{outline:2px solid var(--accent);outline-offset:2px}
input[type=range]:focus-visible::-moz-range-thumb{outline:2px solid var(--accent);outline-offset:2px}
.best{position:absolute;top:5px;width:2px;height:18px;margin-left:-1px;background:var(--ink);left:var(--best,50%)}
.choices{grid-column:span 12;border:0;margin:0;padding:8px 0 0;display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;font-size:15px;line-height:22px;min-width:0}
.choices legend{float:left;padding:0;margin-right:4px}
.choice{position:relative;display:block;width:44px;height:44px;cursor:pointer}
.choice input{position:absolute;inset:0;opacity:0;margin:0;width:44px;height:44px;cursor:pointer}
.thumb{display:block;width:44px;height:44px;image-rendering:pixelated;border:2px solid var(--paper);outline:2px solid transparent}
.choice input:checked+.thumb{outline-color:var(--accent)}
.choice input:focus-visible+.thumb{outline:2px solid var(--accent);outline-offset:3px}
.actions{display:flex;flex-wrap:wrap;align-items:center;gap:0 20px}
button{color:var(--accent);min-height:44px;margin:0;font-size:15px;text-underline-offset:3px}
button:hover{text-decoration-thickness:2px}`;

const pictures = `
.pictures{display:grid;grid-template-columns:repeat(5,max-content);justify-content:space-between;gap:16px;margin-top:20px;font-size:15px;line-height:22px}
.frame{width:192px}
.frame figcaption{font-weight:600;padding-bottom:4px}
.frame figcaption .grey{font-weight:400}
.frame canvas{display:block;width:192px;height:192px;object-fit:scale-down;object-position:left top;image-rendering:pixelated}
.frame p{font-size:14px;line-height:20px;color:var(--ink2);padding-top:4px;min-height:24px}
.frame p b{color:var(--ink)}
.settled{margin-top:16px}
.settled .pictures{grid-template-columns:repeat(4,max-content);justify-content:start;gap:16px 24px}
.atoms{display:grid;grid-template-columns:repeat(auto-fill,40px);gap:6px 10px;list-style:none;margin:0;padding:0;font-size:13px;line-height:18px;color:var(--ink2)}
.atoms canvas{display:block;width:40px;height:40px}
.atoms li{min-height:58px}
.again{margin-top:24px;font-size:15px;line-height:22px}
.tour{border-top:1px solid var(--ink);padding:4px 0;background:var(--paper);font-size:15px;line-height:22px}
.tour.along{position:sticky;top:0;z-index:2;border-bottom:1px solid var(--rule)}
.tour span:not(:empty)+button{margin-left:8px}
#command{margin:4px 0 0;color:var(--ink2);white-space:pre-wrap;overflow-wrap:anywhere}
.dropping::after{content:"Drop the picture";position:fixed;inset:12px;border:2px dashed var(--accent);background:var(--paper);opacity:.9;display:grid;place-items:center;font:600 24px/34px ${serif};z-index:9}`;

const narrow = `
@media (max-width:1127px){.pictures{grid-template-columns:repeat(auto-fill,160px);justify-content:start;gap:16px 24px}.settled .pictures{grid-template-columns:repeat(auto-fill,160px)}
.frame,.frame canvas{width:160px}.frame canvas{height:160px}}
@media (max-width:899px){
.now{font-size:19px;line-height:27px}
.controls{gap:4px 24px}
#control-lambda{grid-column:span 12}#control-sigma,#control-features{grid-column:span 6}
.pictures{gap:12px 16px}
.first .noisy{order:-2}.first .denoised{order:-1}
.title{font-size:22px;line-height:28px}}
@media (max-width:399px){.pictures,.settled .pictures{grid-template-columns:repeat(2,160px);gap:12px 8px}.controls{gap:4px 16px}
#control-sigma{grid-column:span 5}#control-features{grid-column:span 7}}
@media ${pictureWindows[128]}{.pictures,.settled .pictures{grid-template-columns:repeat(auto-fill,128px)}
.frame,.frame canvas{width:128px}.frame canvas{height:128px}}`;

const other = `
:root{--track:#85898e}
@media screen and (prefers-color-scheme:dark){:root{--track:#80868e}}
@media (forced-colors:active){
:root{--track:CanvasText}
canvas{forced-color-adjust:none}
.best{background:CanvasText}
input[type=range]{appearance:auto;-webkit-appearance:auto;height:28px;margin:0}
.choice input:checked+.thumb{outline-color:Highlight}
.plot .f7{fill:Highlight}.plot .k7{stroke:Highlight}
}
@media print{
.controls,.choices,.actions,.tour,.track,.ends,#settle:has(#settled[hidden]){display:none!important}
.prose,.quality,#expected,.named{font-size:9.5pt;line-height:13.5pt}
.now{font-size:14pt;line-height:20pt}#command{font-size:8.5pt;line-height:12pt}
.pictures,.settled .pictures{grid-template-columns:repeat(5,1fr);gap:3mm;margin-top:10pt}.frame figcaption{font-size:9pt;line-height:12pt}.frame p{font-size:8pt;line-height:10pt;min-height:0}.frame,.frame canvas{width:100%;height:auto}
.plot{max-width:85mm}
.atoms{grid-template-columns:repeat(8,24pt);gap:2pt}.atoms{font-size:7.5pt;line-height:9pt}.atoms canvas{width:24pt;height:24pt}.atoms li{min-height:0}
section{break-inside:auto}
}`;

/** The rules, after those of every page. */
export const explorerStyle = [layout, controls, pictures, narrow, other].join("\n");
