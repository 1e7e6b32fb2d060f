/** How to cite: BibTeX of the poster's paper and of this program, with buttons that copy it. CITATION.cff says the same. */
import { element, escapeText } from "./markup.js";

/** The paper of the poster "Phase transitions in sparsely coded neural networks". */
const posterBibtex = `@misc{carroll2017phase,
  author = {Carroll, Jacob and Carlson, Nils and Kenyon, Garrett T.},
  title = {Phase Transitions in Image Denoising via Sparsely Coding Convolutional Neural Networks},
  year = {2017},
  eprint = {1710.09875},
  archivePrefix = {arXiv}
}`;

const softwareBibtex = (version: string): string => `@software{crisp,
  author = {{The Crisp developers}},
  title = {Crisp},
  version = {${version}},
  year = {2026},
  note = {npm package crisp-sparse, MIT license}
}`;

/**
 * Copies the text beside it; where a page may not write to the clipboard, opens and selects it. An attribute, so
 * that the page stays without scripts that run by themselves.
 */
const copying =
  "const e=document.getElementById(this.dataset.of);(navigator.clipboard?navigator.clipboard.writeText(e.textContent):Promise.reject()).then(()=>{this.textContent='Copied'},()=>{e.closest('details').open=true;getSelection().selectAllChildren(e)})";

/** The lines of the footer; the poster's paper stands only on pages of what it is about. */
export function citing(version: string, poster: boolean): string {
  const entries = [
    ...(poster ? [["poster", "the poster", posterBibtex] as const] : []),
    ["crisp", "Crisp", softwareBibtex(version)] as const,
  ];
  const buttons = entries.map(([id, of]) =>
    element("button", { type: "button", "data-of": `bibtex-${id}`, onclick: copying }, `Copy BibTeX of ${of}`),
  );
  const texts = entries.map(([id, , text]) => element("pre", { id: `bibtex-${id}` }, escapeText(text)));
  return `<p class="cite">Cite: ${buttons.join(" ")}</p><details><summary>BibTeX</summary>${texts.join("")}</details>`;
}
