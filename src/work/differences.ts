/** Two results of one item, compared bit by bit, and in words where they differ. */

/**
 * One line per named part that differs; none where all are equal. Records and lists are compared part by part,
 * numbers bit by bit (NaN equals NaN, 0 is not −0); a typed array is one part.
 *
 * @param stored, made  results as `ItemFile.decode` gives them
 */
export function differences(stored: unknown, made: unknown, name = "result"): readonly string[] {
  if (isColumn(stored) && isColumn(made)) return columnDifference(stored, made, name);
  if (isRecord(stored) && isRecord(made)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(made)])];
    const within = (key: string) => (name === "result" ? key : `${name}.${key}`);
    return keys.flatMap((key) => differences(stored[key], made[key], within(key)));
  }
  if (Object.is(stored, made)) return [];
  return [`${name} is ${shortened(stored)} in the folder and ${shortened(made)} now`];
}

type Column = ArrayLike<number> & ArrayBufferView;

function columnDifference(stored: Column, made: Column, name: string): readonly string[] {
  if (stored.length !== made.length) {
    return [`${name} has ${stored.length} values in the folder and ${made.length} now`];
  }
  let first = -1;
  let count = 0;
  for (let i = 0; i < stored.length; i++) {
    if (Object.is(stored[i], made[i])) continue;
    if (first < 0) first = i;
    count++;
  }
  if (count === 0) return [];
  const at = `at ${first} ${stored[first]} in the folder and ${made[first]} now`;
  return [`${name} differs in ${count} of ${stored.length} values, first ${at}`];
}

function isColumn(value: unknown): value is Column {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !isColumn(value);
}

function shortened(value: unknown): string {
  const text = value === undefined ? "absent" : String(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
