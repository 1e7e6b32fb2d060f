/**
 * YAML, the file of a study's settings. Bounded: the parser compares each key
 * with all others of its map (30,000 keys took 38 s), and aliases may repeat
 * what they name without end. The parser is loaded with the first text: it takes 32 ms, and most studies have no file.
 */
import { CrispError } from "../core/errors.js";

/** Longest text that is read, in characters; all settings with their comments take some 4,000. */
const longest = 1 << 16;
/** Most values that aliases may stand for. */
const mostAliases = 100;

/**
 * The value of a YAML text, null if it is empty.
 *
 * @param name  named in errors
 * @throws CrispError `usage` for a text that is too long, is not YAML, or whose
 *   aliases name nothing or too much
 */
export async function parseYaml(text: string, name: string): Promise<unknown> {
  if (text.length > longest) {
    throw new CrispError(
      "usage",
      `${name} has ${text.length} characters; settings have at most ${longest}. Give a YAML file of settings.`,
    );
  }
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = document.errors[0];
  if (fault) {
    const reason = fault.message.split("\n")[0].replace(/ at line \d+, column \d+:?$/, "");
    throw new CrispError("usage", `${name}, line ${lines.linePos(fault.pos[0]).line}: ${reason}. Correct the YAML.`);
  }
  try {
    return document.toJS({ maxAliasCount: mostAliases }) ?? null;
  } catch (cause) {
    const reason = /alias count/.test(String(cause))
      ? `its aliases stand for more than ${mostAliases} values; settings need none`
      : `${cause instanceof Error ? cause.message : String(cause)}; each alias needs an anchor before it`;
    throw new CrispError("usage", `${name}: ${reason}. Write the values out.`, { cause });
  }
}
