/** Numbers with their nouns, as every message and table writes them. */

/** A whole number with commas between thousands: 131072 → "131,072". */
export function grouped(n: number | string): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 item", "5 items", "1,024 items"; `many` for nouns that do not just take an s: ("dictionary", "dictionaries"). */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** The sentence with its first letter large; a variable such as χ stays as it is. */
export function capital(text: string): string {
  return /^[a-z]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}
