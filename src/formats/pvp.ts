/**
 * .pvp, the files of PetaVision (OpenPV), little endian: 18 int32, a float64
 * time, and for weights nxp, nyp, nfp, wMin, wMax, numpatches.
 *
 *   4  dense activity:   per frame a time and nx·ny·nf float32
 *   5  shared weights:   the whole header again in each frame, then the patches
 *   6  sparse activity:  per frame a time, a count, and pairs of index and value
 *
 * Order everywhere: feature fastest, then x, then y, which is Crisp's own order
 * of pixels, of atoms and of units. Only float32 numbers are read.
 */
import { CrispError } from "../core/errors.js";
import { type Tensor, tensor } from "../core/tensor.js";

/** Rows, columns and features of a layer. */
export type LayerSize = { readonly rows: number; readonly columns: number; readonly features: number };

/** The active units of one frame: their indices, ascending, and their values. */
export type SparseFrame = { readonly index: Uint32Array; readonly value: Float32Array };

/** What a .pvp file of PetaVision holds, told apart by `kind`. */
export type PvpFile =
  | { readonly kind: "dense"; readonly times: readonly number[]; readonly frames: Tensor }
  | {
      readonly kind: "sparse";
      readonly times: readonly number[];
      readonly size: LayerSize;
      readonly frames: readonly SparseFrame[];
    }
  /** Atoms [features, rows, columns, channels] of one frame out of `frames`. */
  | { readonly kind: "weights"; readonly time: number; readonly frames: number; readonly atoms: Tensor };

type Header = {
  readonly filetype: number;
  readonly nx: number;
  readonly ny: number;
  readonly nf: number;
  readonly datatype: number;
  readonly nbands: number;
};

const activityHeader = 80;
const weightsHeader = 104;
const patchHeader = 8;
const floatType = 3;
const pairType = 4;

/**
 * A file of type 4, 5 or 6.
 *
 * @param name   named in errors
 * @param frame  which frame of a weights file, 0 the first; the last unless given
 * @throws CrispError `data` for another type, sizes that do not fit the file or a count of frames that is wrong
 */
export function decodePvp(bytes: Uint8Array, name: string, frame?: number): PvpFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view, 0, name);
  switch (header.filetype) {
    case 4:
      return readDense(view, header, name);
    case 5:
      return readWeights(view, name, frame);
    case 6:
      return readSparse(view, header, name);
    default:
      throw bad(
        name,
        `file type ${header.filetype}; 4 (dense), 5 (shared weights) and 6 (sparse with values) are read`,
      );
  }
}

function bad(name: string, what: string): CrispError {
  return new CrispError("data", `${name}: ${what}. Write the file again with PetaVision, or give another.`);
}

function readHeader(view: DataView, at: number, name: string): Header {
  if (view.byteLength < at + activityHeader) {
    throw bad(name, `no .pvp header at byte ${at} of ${view.byteLength}; it takes ${activityHeader} bytes`);
  }
  const word = (i: number) => view.getInt32(at + 4 * i, true);
  const [filetype, nx, ny, nf] = [word(2), word(3), word(4), word(5)];
  const [headersize, expected] = [word(0), filetype === 5 ? weightsHeader : activityHeader];
  if (headersize !== expected || word(1) !== (filetype === 5 ? 26 : 20)) {
    throw bad(
      name,
      `header of ${headersize} bytes and ${word(1)} parameters; file type ${filetype} has ${expected} and ${filetype === 5 ? 26 : 20}`,
    );
  }
  if (nx < 1 || ny < 1 || nf < 1)
    throw bad(name, `a layer of nx×ny×nf = ${nx}×${ny}×${nf}; each size must be at least 1`);
  return { filetype, nx, ny, nf, datatype: word(9), nbands: word(17) };
}

function readDense(view: DataView, header: Header, name: string): PvpFile {
  const { nx, ny, nf, nbands, datatype } = header;
  if (datatype !== floatType) throw bad(name, `data type ${datatype} in a dense file; ${floatType} (float32) is read`);
  const length = nx * ny * nf;
  const held = (view.byteLength - activityHeader) / (8 + 4 * length);
  if (nbands < 1 || held !== nbands)
    throw bad(
      name,
      `the header says ${nbands} frames of nx×ny×nf = ${nx}×${ny}×${nf}; the file's bytes hold ${+held.toFixed(3)}`,
    );
  const frames = tensor([nbands, ny, nx, nf]);
  const times: number[] = [];
  let at = activityHeader;
  for (let i = 0; i < nbands; i++, at += 8 + 4 * length) {
    times.push(view.getFloat64(at, true));
    for (let j = 0; j < length; j++) frames.data[i * length + j] = view.getFloat32(at + 8 + 4 * j, true);
  }
  return { kind: "dense", times, frames };
}

function readSparse(view: DataView, header: Header, name: string): PvpFile {
  const { nx, ny, nf, nbands, datatype } = header;
  if (datatype !== pairType)
    throw bad(name, `data type ${datatype} in a sparse file; ${pairType} (index and value) is read`);
  const units = nx * ny * nf;
  const times: number[] = [];
  const frames: SparseFrame[] = [];
  let at = activityHeader;
  while (at + 12 <= view.byteLength) {
    times.push(view.getFloat64(at, true));
    const count = view.getUint32(at + 8, true);
    if (count > units || at + 12 + 8 * count > view.byteLength) {
      throw bad(
        name,
        `frame ${frames.length} claims ${count} active units; ${units} units and ${view.byteLength - at - 12} bytes are there`,
      );
    }
    frames.push(readPairs(view, { at: at + 12, count, units }, `${name}: frame ${frames.length}`));
    at += 12 + 8 * count;
  }
  if (nbands < 1 || frames.length !== nbands || at !== view.byteLength) {
    throw bad(
      name,
      `the header says ${nbands} frames; the file holds ${frames.length} and ${view.byteLength - at} bytes more`,
    );
  }
  return { kind: "sparse", times, size: { rows: ny, columns: nx, features: nf }, frames };
}

/** Pairs of index and value, sorted by index; zeros are not activities and are left out. */
function readPairs(view: DataView, of: { at: number; count: number; units: number }, name: string): SparseFrame {
  const pairs: [number, number][] = [];
  for (let i = 0; i < of.count; i++) {
    const index = view.getInt32(of.at + 8 * i, true);
    if (index < 0 || index >= of.units) throw bad(name, `index ${index}; indices run from 0 to ${of.units - 1}`);
    const value = view.getFloat32(of.at + 8 * i + 4, true);
    if (value !== 0) pairs.push([index, value]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < pairs.length; i++)
    if (pairs[i][0] === pairs[i - 1][0]) throw bad(name, `index ${pairs[i][0]} stands twice`);
  return { index: Uint32Array.from(pairs, ([index]) => index), value: Float32Array.from(pairs, ([, value]) => value) };
}

function readWeights(view: DataView, name: string, frame: number | undefined): PvpFile {
  const starts: number[] = [];
  let at = 0;
  while (at < view.byteLength) {
    starts.push(at);
    at = weightsEnd(view, at, `${name}: frame ${starts.length - 1}`);
  }
  const chosen = frame ?? starts.length - 1;
  if (!(chosen in starts)) {
    throw new CrispError(
      "usage",
      `${name}: frame ${chosen} was asked for; it has frames 0 to ${starts.length - 1}. Ask for one of them.`,
    );
  }
  const start = starts[chosen];
  const { nxp, nyp, nfp, patches } = weightSizes(view, start);
  const length = nxp * nyp * nfp;
  const atoms = tensor([patches, nyp, nxp, nfp]);
  for (let m = 0; m < patches; m++) {
    const from = start + weightsHeader + m * (patchHeader + 4 * length) + patchHeader;
    for (let i = 0; i < length; i++) atoms.data[m * length + i] = view.getFloat32(from + 4 * i, true);
  }
  return { kind: "weights", time: view.getFloat64(start + 72, true), frames: starts.length, atoms };
}

function weightSizes(view: DataView, at: number) {
  const word = (byte: number) => view.getInt32(at + byte, true);
  return { nxp: word(80), nyp: word(84), nfp: word(88), patches: word(100) };
}

/** Where the frame of weights that starts at `at` ends, all of it checked. */
function weightsEnd(view: DataView, at: number, name: string): number {
  const header = readHeader(view, at, name);
  if (header.filetype !== 5)
    throw bad(name, `file type ${header.filetype} in the middle of a weights file; 5 is expected`);
  if (header.datatype !== floatType)
    throw bad(name, `weights of data type ${header.datatype}; ${floatType} (float32) is read`);
  if (view.byteLength < at + weightsHeader) throw bad(name, `the header of the weights is cut off`);
  const { nxp, nyp, nfp, patches } = weightSizes(view, at);
  const end = at + weightsHeader + patches * (patchHeader + 4 * nxp * nyp * nfp);
  if (nxp < 1 || nyp < 1 || nfp < 1 || patches < 1 || !(end <= view.byteLength)) {
    throw bad(
      name,
      `${patches} patches of nx×ny×nf = ${nxp}×${nyp}×${nfp} do not fit the ${view.byteLength - at} bytes there are`,
    );
  }
  for (let m = 0; m < patches; m++)
    checkPatch(view, at + weightsHeader + m * (patchHeader + 4 * nxp * nyp * nfp), { nxp, nyp, name });
  return end;
}

/** A shrunken patch would need its offset; shared weights hold whole ones. */
function checkPatch(view: DataView, at: number, { nxp, nyp, name }: { nxp: number; nyp: number; name: string }): void {
  const [nx, ny, offset] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  if (nx !== nxp || ny !== nyp || offset !== 0) {
    throw bad(
      name,
      `a patch of nx×ny = ${nx}×${ny} at offset ${offset}; shared weights hold whole patches of ${nxp}×${nyp}`,
    );
  }
}

/** A dense file (type 4): frames [frames, rows, columns, features], time 0, 1, 2 … unless given. */
export function encodePvpDense(frames: Tensor, times?: readonly number[]): Uint8Array {
  const [nbands, ny, nx, nf] = frames.shape;
  const length = nx * ny * nf;
  const view = startFile(activityHeader + nbands * (8 + 4 * length), {
    filetype: 4,
    nx,
    ny,
    nf,
    nbands,
    recordsize: length,
    datasize: 4,
    datatype: floatType,
  });
  for (let i = 0, at = activityHeader; i < nbands; i++, at += 8 + 4 * length) {
    view.setFloat64(at, times?.[i] ?? i, true);
    for (let j = 0; j < length; j++) view.setFloat32(at + 8 + 4 * j, frames.data[i * length + j], true);
  }
  return new Uint8Array(view.buffer);
}

/** A sparse file (type 6): one frame a code, time 0, 1, 2 … unless given. */
export function encodePvpSparse(
  size: LayerSize,
  frames: readonly SparseFrame[],
  times?: readonly number[],
): Uint8Array {
  const { columns: nx, rows: ny, features: nf } = size;
  const total = frames.reduce((sum, { index }) => sum + 12 + 8 * index.length, activityHeader);
  const view = startFile(total, {
    filetype: 6,
    nx,
    ny,
    nf,
    nbands: frames.length,
    recordsize: 0,
    datasize: 8,
    datatype: pairType,
  });
  let at = activityHeader;
  frames.forEach(({ index, value }, frame) => {
    view.setFloat64(at, times?.[frame] ?? frame, true);
    view.setUint32(at + 8, index.length, true);
    at += 12;
    for (let i = 0; i < index.length; i++, at += 8) {
      view.setInt32(at, index[i], true);
      view.setFloat32(at + 4, value[i], true);
    }
  });
  return new Uint8Array(view.buffer);
}

/** A weights file (type 5) of one frame; atoms [features, rows, columns, channels]. */
export function encodePvpWeights(atoms: Tensor, time = 0): Uint8Array {
  const [patches, nyp, nxp, nfp] = atoms.shape;
  const length = nxp * nyp * nfp;
  const record = patchHeader + 4 * length;
  const view = startFile(weightsHeader + patches * record, {
    filetype: 5,
    nx: 1,
    ny: 1,
    nf: patches,
    nbands: 1,
    recordsize: patches * record,
    datasize: 4,
    datatype: floatType,
    time,
  });
  for (const [i, size] of [nxp, nyp, nfp].entries()) view.setInt32(80 + 4 * i, size, true);
  view.setFloat32(
    92,
    atoms.data.reduce((least, w) => Math.min(least, w), Number.POSITIVE_INFINITY),
    true,
  );
  view.setFloat32(
    96,
    atoms.data.reduce((most, w) => Math.max(most, w), Number.NEGATIVE_INFINITY),
    true,
  );
  view.setInt32(100, patches, true);
  for (let m = 0, at = weightsHeader; m < patches; m++, at += record) {
    view.setUint16(at, nxp, true);
    view.setUint16(at + 2, nyp, true);
    for (let i = 0; i < length; i++) view.setFloat32(at + patchHeader + 4 * i, atoms.data[m * length + i], true);
  }
  return new Uint8Array(view.buffer);
}

type Start = Header & { readonly recordsize: number; readonly datasize: number; readonly time?: number };

/** A file of `bytes` bytes with the words that all types share. */
function startFile(bytes: number, h: Start): DataView {
  const view = new DataView(new ArrayBuffer(bytes));
  const weights = h.filetype === 5;
  const words = [
    ...(weights ? [weightsHeader, 26] : [activityHeader, 20]),
    ...[h.filetype, h.nx, h.ny, h.nf, 1, h.recordsize, h.datasize, h.datatype],
    ...[1, 1, h.nx, h.ny, 0, 0, 1, h.nbands], // one process, no margin, batch of one
  ];
  for (const [i, word] of words.entries()) view.setInt32(4 * i, word, true);
  view.setFloat64(72, h.time ?? 0, true);
  return view;
}
