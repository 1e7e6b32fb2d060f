/** The explorer as one HTML file: head, an empty page whose places the script fills, and the parts as text. */

import { grouped } from "../../core/words.js";
import type { FontFace } from "../../report/input.js";
import { escapeText } from "../../report/markup.js";
import { pageStyle } from "../../report/style.js";
import { dark, light } from "../../report/theme.js";
import { askedSizes, exponentRanges, featureSizes, lambdas, lcaSteps, leafSeeds, sigmas } from "./state.js";
import { explorerStyle } from "./style.js";
import { setting } from "./words.js";

/** What the file is made of. */
export type DocumentParts = {
  readonly fonts: readonly FontFace[];
  /** The page's own code. */
  readonly script: string;
  /** Base64 of deflated parts by name; the page decodes each when it needs it. */
  readonly parts: Readonly<Record<string, string>>;
};

/** Nothing may be asked of any server: scripts are inline, the workers' text comes from a Blob. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; font-src data:";

/** The text of docs/explorer.html. */
export function explorerDocument({ fonts, script, parts }: DocumentParts): string {
  const stored = Object.entries(parts).map(
    ([name, text]) => `<script type="text/plain" id="part-${name}">${text}</script>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme:light)" content="${light.paper}">
<meta name="theme-color" media="(prefers-color-scheme:dark)" content="${dark.paper}">
<link rel="icon" href="data:,">
<title>Crisp explorer: how sparse should a code be?</title>
<style>${pageStyle(fonts)}
${explorerStyle}</style></head>
<body><div class="page">
<header class="top"><span><b>Crisp</b> <span class="grey">explorer</span></span><span class="grey">runs on this machine, nothing is sent</span></header>
<main>
${bench}
${settle}
${sizes}
</main>
${footer}
</div>
<noscript><p class="warn">This page computes with JavaScript and WebAssembly; switch them on to use it.</p></noscript>
${stored.join("\n")}
<script>${script.replaceAll("</script", "<\\/script")}</script>
</body></html>
`;
}

/** A slider with its name, its value as text, and its ends. The value is spoken by the slider itself (aria-valuetext). */
function slider(of: {
  readonly id: string;
  /** HTML. */
  readonly name: string;
  readonly most: number;
  readonly ends: readonly [string, string];
  readonly extra?: string;
}): string {
  const { id, name, most, ends, extra = "" } = of;
  return `<div class="control" id="control-${id}"><div class="named"><label for="${id}">${name}</label><output for="${id}" id="${id}-value" aria-live="off"></output></div>
<div class="track"><input type="range" id="${id}" min="0" max="${most}" step="1">${extra}</div>
<div class="ends" aria-hidden="true"><span>${escapeText(ends[0])}</span><span class="between" id="${id}-between"></span><span>${escapeText(ends[1])}</span></div></div>`;
}

const steps = (range: readonly [number, number, number]) => Math.round((range[1] - range[0]) / range[2]);
const signed = (value: number) => String(value).replace("-", "−");

/** The first and the last value of a slider. */
function endsOf(list: readonly number[], words: (value: number) => string): readonly [string, string] {
  return [words(list[0]), words(list[list.length - 1])];
}

/** A picture with its heading and words. */
function frame(name: string, heading: string, beside = ""): string {
  return `<figure class="frame ${name}"><figcaption>${heading}${beside}</figcaption><canvas id="${name}" role="img" aria-label="${heading}"></canvas><p id="${name}-words"></p></figure>`;
}

const drawn = leafSeeds.map(
  (seed, i) =>
    `<label class="choice"><input type="radio" name="picture" value="leaves-${seed}"><canvas class="thumb" width="32" height="32" id="thumb-${seed}"></canvas><span class="hidden">Drawn picture ${i + 1}</span></label>`,
);

const bench = `<section class="first" aria-labelledby="title">
<h1 class="hidden" id="title">How sparse should a code be?</h1>
<p class="now" id="now">Loading…</p>
<p class="hidden" id="said" role="status"></p>
<p class="warn" id="trouble" role="alert" hidden></p>
<form class="controls" id="controls">
${slider({ id: "lambda", name: "Sparsity, <i>λ</i>", most: lambdas.length - 1, ends: endsOf(lambdas, setting), extra: '<span class="best" id="best" hidden></span>' })}
${slider({ id: "sigma", name: "Noise, <i>σ</i>", most: sigmas.length - 1, ends: endsOf(sigmas, String) })}
${slider({ id: "features", name: "Dictionary", most: featureSizes.length - 1, ends: endsOf(featureSizes, grouped) })}
<fieldset class="choices"><legend>Picture</legend>${drawn.join("")}<label class="choice" id="own-choice" hidden><input type="radio" name="picture" value="own"><canvas class="thumb" width="32" height="32" id="thumb-own"></canvas><span class="hidden">Your picture</span></label>
<span class="actions"><button type="button" id="open">Open a picture</button><button type="button" id="renoise">Other noise</button><button type="button" id="save" hidden>Save it as PNG</button></span>
<input type="file" id="file" accept="image/*" hidden aria-label="Picture file"><span class="grey" id="own-words" role="status"></span></fieldset>
</form>
<div class="pictures">${frame("clean", "Clean")}${frame("noisy", "Noisy")}${frame("active", "Active units")}${frame("denoised", "Denoised", ' <span class="grey" id="coding" role="status"></span>')}${frame("residual", "Residual")}</div>
<div class="grid below"><figure class="c6" id="curve-place"><figcaption><h2 id="curve-title">Too few units lose the picture, too many code the noise.</h2> <span class="grey">Each line: a dictionary, on this picture. Dashes: SURE, the error as the noisy picture alone tells it.</span></figcaption><div id="curve" class="plot"></div><details id="curve-data"><summary>The numbers of this curve</summary><div class="scroll" tabindex="0" role="region" aria-label="The numbers of this curve" id="curve-numbers"></div></details></figure>
<figure class="c6"><figcaption><h2 id="atoms-title">The atoms in use.</h2> <span class="grey" id="atoms-words"></span></figcaption><ol id="atoms" class="atoms"></ol></figure></div>
<div class="again"><p class="actions"><button type="button" id="watch">Watch it settle</button><button type="button" id="copy">Copy as command</button><span class="grey" id="copied" role="status"></span></p>
<pre id="command" tabindex="0" aria-label="The command that computes the number shown"></pre></div>
</section>
<div class="tour" id="tour-bar" role="region" aria-label="Tour"><p><span id="tour" role="status"></span> <button type="button" id="next"></button></p></div>`;

const settle = `<section id="settle" aria-labelledby="settle-title"><h2 class="title" id="settle-title">Watch the LCA think</h2>
<p class="prose">A locally competitive network lets each unit’s membrane potential <i>u</i> drift towards what excites it; a unit whose potential passes <i>λ</i> becomes active and inhibits those that explain the same pixels. Its energy falls towards the least there is, which the solver above finds and certifies at once; how near it comes, the figures say.</p>
<p class="actions"><button type="button" id="run">Run it at this <i>λ</i></button><span class="grey" id="settle-words" role="status"></span></p>
<div class="settled" id="settled" hidden>
<div class="one">${slider({ id: "steps", name: "Steps of the network", most: lcaSteps.length - 1, ends: endsOf(lcaSteps, grouped) })}</div>
<div class="pictures">${frame("lca-active", "Active units so far")}${frame("lca-image", "Picture so far")}${frame("end-image", "Picture at minimum")}${frame("end-active", "Units at minimum")}</div>
<div class="grid below"><figure class="c6"><figcaption><h2>Membrane potentials.</h2> <span class="grey">Dark: units of the certified code, which has them at the diamonds; thin: others that were active on the way. Level: <i>λ</i>.</span></figcaption><div id="potentials" class="plot"></div></figure>
<figure class="c6"><figcaption><h2 id="energy-title">Energy above the certified minimum.</h2> <span class="grey" id="energy-words"></span></figcaption><div id="energy" class="plot"></div></figure></div></div></section>`;

const sizes = `<section id="sizes" aria-labelledby="sizes-title"><h2 class="title" id="sizes-title"></h2>
<p class="prose" id="sizes-words"></p>
<div class="grid below"><figure class="c6"><figcaption><h2>Percent active at the best sparsity.</h2> <span class="grey" id="optima-words"></span></figcaption><div id="optima" class="plot"></div></figure>
<figure class="c6"><figcaption><h2>Percent error at the best sparsity.</h2> <span class="grey">The same networks; grey dashes: the poster’s slope.</span></figcaption><div id="errors" class="plot"></div></figure></div>
<div class="grid below" id="meet"><figure class="c6"><figcaption><h2>Make the curves meet.</h2> <span class="grey">Percent active × <i>L</i><sup>−1/<i>ν</i></sup> and percent error × <i>L</i><sup>−<i>γ</i>/<i>ν</i></sup>, relative to the smallest size: with the right exponents all curves are one.</span></figcaption><div id="collapse" class="plot"></div></figure>
<div class="c6 stack">${slider({ id: "nu", name: "<i>ν</i>", most: steps(exponentRanges.nu), ends: [signed(exponentRanges.nu[0]), signed(exponentRanges.nu[1])] })}
${slider({ id: "gamma", name: "<i>γ</i>", most: steps(exponentRanges.gamma), ends: [signed(exponentRanges.gamma[0]), signed(exponentRanges.gamma[1])] })}
<p class="actions" id="exponents"><button type="button" id="fitted">Slopes of the optima</button><button type="button" id="least">Best collapse</button><button type="button" id="poster">The poster’s</button></p>
<p class="quality" id="quality"></p><p class="quality" id="best-collapse"></p><div id="tests"></div></div></div>
<div class="grid below"><div class="c6 stack"><h3 class="heading">What to expect at another size</h3>${slider({ id: "asked", name: "Dictionary", most: askedSizes.length - 1, ends: endsOf(askedSizes, grouped) })}<div id="expected"></div></div>
<figure class="c6"><figcaption><h2>The cost of being wrong.</h2> <span class="grey" id="cost-words"></span></figcaption><div id="cost" class="plot"></div></figure></div></section>`;

const footer = `<footer><p>Drawn pictures are dead leaves; dictionaries were learned on CIFAR-10 (Krizhevsky 2009) and rounded to 8 bits a weight. Your own picture stays on this machine. Poster: Carroll, Carlson and Kenyon, <a href="https://arxiv.org/abs/1710.09875">arXiv 1710.09875</a>.</p></footer>`;
