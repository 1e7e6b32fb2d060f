import { describe, expect, test } from "vitest";
import { counted } from "../../src/core/words.js";

describe("a number with its noun", () => {
  test.each([
    [counted(1, "item"), "1 item"],
    [counted(0, "item"), "0 items"],
    [counted(1024, "item"), "1,024 items"],
    [counted(2, "dictionary", "dictionaries"), "2 dictionaries"],
    [counted(1, "dictionary", "dictionaries"), "1 dictionary"],
  ])("%s", (text, wanted) => {
    expect(text).toBe(wanted);
  });
});
