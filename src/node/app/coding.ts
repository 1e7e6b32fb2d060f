/** Codes images, and makes images of codes, on this machine. */
import { type DecodeRequest, type DecodeResult, decodeImages as decode } from "../../app/decode.js";
import {
  type EncodeRequest,
  type EncodeResult,
  type EncodingEstimate,
  encodeImages as encode,
  estimateEncoding as encodingWork,
} from "../../app/encode.js";
import { type EncodeOptions, encodeRequest } from "../../app/front-door.js";
import { type DictionaryFile, type DictionaryOptions, decodeDictionary } from "../../coding/dictionary-file.js";
import { nodePlatform as here } from "../platform.js";

/** Codes all images, and writes the codes if `out` is given. @throws as `encodeImages` of app/encode.ts */
export const encodeImages = async (options: EncodeOptions): Promise<EncodeResult> =>
  encode(encodeRequest(options, here.cores), here);

/** How long a coding will take on this machine, from pieces of its first image. @throws as `encodeImages` before it begins */
export const estimateEncoding = (request: EncodeRequest): Promise<EncodingEstimate> => encodingWork(request, here);

/** Writes the image of every code; its shape and units. @throws as `decodeImages` of app/decode.ts */
export const decodeImages = (request: DecodeRequest): Promise<DecodeResult> => decode(request, here);

/** The dictionary of a file. @throws CrispError `data` for a file that cannot be read or holds none */
export const readDictionary = async (path: string, options: DictionaryOptions = {}): Promise<DictionaryFile> =>
  decodeDictionary(await here.files.read(path), path, options);
