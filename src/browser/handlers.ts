/** What a page's worker can do. A new kind of work is a function of a desk and an input, and a line here. */
import { fitTable, type TableOptions, type TableRecord, type TableRow } from "../scaling/table.js";
import { denoisePicture } from "./denoise.js";
import type { Desk, Handler } from "./desk.js";
import { encodeImages } from "./encode.js";
import { watchLca } from "./lca.js";
import { codePath } from "./path.js";

type FitInput = { readonly rows: readonly TableRow[]; readonly options: TableOptions };

const fit = async (_: Desk<never>, { rows, options }: FitInput): Promise<TableRecord> => fitTable(rows, options);

/** Handlers by the name in a request. */
export const handlers = { encode: encodeImages, denoise: denoisePicture, fit, path: codePath, lca: watchLca };

type Handlers = typeof handlers;

/** A kind of request. */
export type Kind = keyof Handlers;

/** What a kind of request takes. */
export type InputOf<K extends Kind> = Parameters<Handlers[K]>[1];

/** What it sends on the way. */
export type PointOf<K extends Kind> = Handlers[K] extends Handler<InputOf<K>, infer Point, unknown> ? Point : never;

/** What it ends with. */
export type AnswerOf<K extends Kind> = Awaited<ReturnType<Handlers[K]>>;
