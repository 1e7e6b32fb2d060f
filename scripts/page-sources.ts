/** What scripts/page.mjs takes from the sources. */
export { explorerDocument } from "../src/browser/page/document.js";
export { packWeights, wholeWeights } from "../src/browser/page/packed.js";
export { drawnPictures } from "../src/browser/page/pictures.js";
export { featureSizes } from "../src/browser/page/state.js";
export { studyPart } from "../src/browser/page/study-part.js";
export { decodeDictionary } from "../src/coding/dictionary-file.js";
export { encodeNpy } from "../src/formats/npy.js";
export { encodePng } from "../src/formats/png.js";
export { reportFonts } from "../src/node/fonts.js";
