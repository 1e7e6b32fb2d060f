/** Numbers with their nouns, as every message and table writes them. */

/** "1 item", "5 items", "1,024 items"; `many` for nouns that do not just take an s: ("dictionary", "dictionaries"). */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
