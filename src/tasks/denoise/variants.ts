/**
 * Ways to code one picture that differ only in what should not matter: where
 * the grid of units lies, and which way the picture is held. The mean of their
 * reconstructions has less error than any of them, since each sparse support
 * errs on its own.
 */

/** How far the grid is shifted, in pixels, and how the picture is held. */
export type Variant = {
  readonly down: number;
  readonly right: number;
  readonly transposed: boolean;
  readonly upsideDown: boolean;
  readonly mirrored: boolean;
};

export const qualities = ["fast", "default", "best"] as const;
export type Quality = (typeof qualities)[number];

/**
 * fast: the picture as it is. default: four shifts of the grid by half its
 * stride (one where the stride is 1). best: those, each in 8 flips and transposes.
 */
export function variantsOf(quality: Quality, stride: readonly [number, number]): readonly Variant[] {
  const plain = { transposed: false, upsideDown: false, mirrored: false };
  if (quality === "fast") return [{ down: 0, right: 0, ...plain }];
  const shifts = halves(stride[0]).flatMap((down) => halves(stride[1]).map((right) => ({ down, right })));
  const held = quality === "best" ? symmetries() : [plain];
  return held.flatMap((way) => shifts.map((shift) => ({ ...shift, ...way })));
}

function halves(stride: number): number[] {
  return stride === 1 ? [0] : [0, stride >> 1];
}

function symmetries(): Omit<Variant, "down" | "right">[] {
  const both = [false, true];
  return both.flatMap((transposed) =>
    both.flatMap((upsideDown) => both.map((mirrored) => ({ transposed, upsideDown, mirrored }))),
  );
}

/**
 * A window [height, width, channels] held as the variant says: first flipped,
 * then transposed, so its size becomes [width, height, channels].
 */
export function held(window: Float32Array, size: Size, variant: Variant): Float32Array {
  return moved(window, size, variant, (out, there, here) => {
    out[there] = window[here];
  });
}

/** The window as it was before `held`. */
export function released(window: Float32Array, size: Size, variant: Variant): Float32Array {
  return moved(window, size, variant, (out, there, here) => {
    out[here] = window[there];
  });
}

/** Size of the window before it is held. */
export type Size = { readonly height: number; readonly width: number; readonly channels: number };

function moved(
  window: Float32Array,
  { height, width, channels }: Size,
  variant: Variant,
  put: (out: Float32Array, there: number, here: number) => void,
): Float32Array {
  if (!variant.transposed && !variant.upsideDown && !variant.mirrored) return window;
  const out = new Float32Array(window.length);
  for (let y = 0; y < height; y++) {
    const row = variant.upsideDown ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const column = variant.mirrored ? width - 1 - x : x;
      const there = (variant.transposed ? column * height + row : row * width + column) * channels;
      for (let c = 0; c < channels; c++) put(out, there + c, (y * width + x) * channels + c);
    }
  }
  return out;
}
