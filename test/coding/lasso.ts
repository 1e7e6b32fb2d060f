/**
 * The lasso ½‖s − Φa‖² + λ Σ|a| solved exactly by the homotopy: the solution is piecewise linear
 * in λ, and each piece is one linear system. From the λ where the code is zero down, units join
 * when their correlation reaches λ and leave when they reach zero (Osborne et al. 2000, Efron et al. 2004).
 */
export function exactLasso(atoms: readonly Float64Array[], image: Float64Array, lambda: number): Float64Array {
  const a = new Float64Array(atoms.length);
  let active: number[] = [];
  let level = Number.POSITIVE_INFINITY;
  let dropped = -1;
  for (;;) {
    const residual = image.map((s, k) => s - active.reduce((sum, i) => sum + a[i] * atoms[i][k], 0));
    const g = atoms.map((atom) => dot(atom, residual));
    if (active.length === 0) {
      const first = g.reduce((best, value, i) => (Math.abs(value) > Math.abs(g[best]) ? i : best), 0);
      level = Math.abs(g[first]);
      if (level <= lambda) return a;
      active = [first];
    }
    const signs = active.map((i) => Math.sign(g[i]));
    const slope = solve(
      active.map((i) => active.map((j) => dot(atoms[i], atoms[j]))),
      signs,
    );
    const direction = image.map((_, k) => active.reduce((sum, i, n) => sum + slope[n] * atoms[i][k], 0));
    let step = level - lambda;
    let event: (() => void) | undefined;
    atoms.forEach((atom, i) => {
      if (active.includes(i) || i === dropped) return;
      const turn = dot(atom, direction);
      for (const at of [(level - g[i]) / (1 - turn), (level + g[i]) / (1 + turn)]) {
        if (at <= 0 || at >= step) continue;
        step = at;
        event = () => {
          active = [...active, i];
          dropped = -1;
        };
      }
    });
    active.forEach((i, n) => {
      const at = -a[i] / slope[n];
      if (!(at > 1e-14) || at >= step) return;
      step = at;
      event = () => {
        active = active.filter((j) => j !== i);
        a[i] = 0;
        dropped = i;
      };
    });
    active.forEach((i, n) => {
      a[i] += step * slope[n];
    });
    level -= step;
    if (!event) return a;
    event();
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Gaussian elimination of a positive definite system. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const factor = rows[j][i] / rows[i][i];
      for (let c = i; c <= size; c++) rows[j][c] -= factor * rows[i][c];
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let value = rows[i][size];
    for (let c = i + 1; c < size; c++) value -= rows[i][c] * x[c];
    x[i] = value / rows[i][i];
  }
  return x;
}
