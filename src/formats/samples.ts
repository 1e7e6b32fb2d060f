/** Samples of a file, interleaved as they stand there, to pixels without alpha. */

/** What samples mean. */
export type Samples = {
  /** Of a pixel: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha. */
  readonly samples: number;
  /** Of a sample; above 255 the pixels have 16 bits. */
  readonly largest: number;
  /** The colour that stands for nothing, where there is one. */
  readonly key?: ArrayLike<number>;
};

/** Pixels of 8 bits, and of 16 where the samples have more; `transparent`: an alpha below full was dropped. */
export type DecodedSamples = {
  readonly bytes: Uint8Array;
  readonly deep?: Uint16Array;
  readonly transparent: boolean;
};

/** Colour scaled to 255; transparent where alpha is below full when rounded, or the colour is the one that stands for nothing. */
export function withoutAlpha(values: ArrayLike<number>, { samples, largest, key }: Samples): DecodedSamples {
  const colours = samples < 3 ? 1 : 3;
  const bytes = new Uint8Array((values.length / samples) * colours);
  const deep = largest > 255 ? new Uint16Array(bytes.length) : undefined;
  const scaled = (value: number) => (largest === 255 ? value : Math.round((255 * value) / largest));
  let transparent = false;
  for (let at = 0, to = 0; at < values.length; at += samples) {
    let isKey = key !== undefined;
    for (let c = 0; c < colours; c++) {
      if (deep) deep[to] = values[at + c];
      bytes[to++] = scaled(values[at + c]);
      isKey &&= values[at + c] === key?.[c];
    }
    if (isKey || (samples > colours && scaled(values[at + colours]) !== 255)) transparent = true;
  }
  return deep ? { bytes, deep, transparent } : { bytes, transparent };
}
