/** Statistics of natural images, by which the tests judge the leaves: power spectrum and gradients. */

/** Mean over channels. */
export function grey(bytes: Uint8Array, channels: number): Float64Array {
  return Float64Array.from({ length: bytes.length / channels }, (_, pixel) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += bytes[pixel * channels + c];
    return sum / channels;
  });
}

/** ⟨d⁴⟩/⟨d²⟩² of horizontal differences: 3 for a Gaussian, more where edges stand in smooth regions. */
export function gradientKurtosis(pictures: readonly Float64Array[], side: number): number {
  let second = 0;
  let fourth = 0;
  let count = 0;
  for (const picture of pictures) {
    for (let i = 0; i + 1 < picture.length; i++) {
      if (i % side === side - 1) continue;
      const d2 = (picture[i + 1] - picture[i]) ** 2;
      second += d2;
      fourth += d2 * d2;
      count++;
    }
  }
  return (fourth * count) / second ** 2;
}

/** Slope of ln power against ln frequency, rings of whole cycles from `low` to `high`, Hann window. */
export function spectrumSlope(pictures: readonly Float64Array[], side: number, low: number, high: number): number {
  const power = new Float64Array(high + 1);
  const members = new Float64Array(high + 1);
  for (const picture of pictures) addRings(picture, side, power, members);
  const points: [number, number][] = [];
  for (let f = low; f <= high; f++) points.push([Math.log(f), Math.log(power[f] / members[f])]);
  return slope(points);
}

/** Adds |DFT|² of the windowed picture, mean removed, to its rings; half the plane is enough. */
function addRings(picture: Float64Array, side: number, power: Float64Array, members: Float64Array): void {
  const most = power.length - 1;
  const window = Float64Array.from({ length: side }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / side));
  const cosine = Float64Array.from({ length: side }, (_, i) => Math.cos((2 * Math.PI * i) / side));
  const sine = Float64Array.from({ length: side }, (_, i) => Math.sin((2 * Math.PI * i) / side));
  const mean = windowedMean(picture, window);
  for (let k = 0; k <= most; k++) {
    const re = new Float64Array(side);
    const im = new Float64Array(side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const value = (picture[y * side + x] - mean) * window[x] * window[y];
        re[y] += value * cosine[(k * x) % side];
        im[y] -= value * sine[(k * x) % side];
      }
    }
    for (let l = -most; l <= most; l++) {
      const ring = Math.round(Math.hypot(k, l));
      if (ring > most) continue;
      let a = 0;
      let b = 0;
      for (let y = 0; y < side; y++) {
        const turn = (((l * y) % side) + side) % side;
        a += re[y] * cosine[turn] + im[y] * sine[turn];
        b += im[y] * cosine[turn] - re[y] * sine[turn];
      }
      power[ring] += a * a + b * b;
      members[ring]++;
    }
  }
}

function windowedMean(picture: Float64Array, window: Float64Array): number {
  const side = window.length;
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < picture.length; i++) {
    const w = window[Math.floor(i / side)] * window[i % side];
    sum += w * picture[i];
    weight += w;
  }
  return sum / weight;
}

function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const mx = mean(([x]) => x);
  const my = mean(([, y]) => y);
  return mean(([x, y]) => (x - mx) * (y - my)) / mean(([x]) => (x - mx) ** 2);
}
