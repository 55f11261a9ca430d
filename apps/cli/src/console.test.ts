import { expect, test } from "vitest";
import { oneLine } from "./console.ts";

test("a name from a file stays one word of its line, whatever is in it", () => {
  expect(oneLine("Құрманғазы «Балбырауын»")).toBe("Құрманғазы «Балбырауын»");
  expect(oneLine("a\tb\r\nc\u001b[2J\u202e.")).toBe("a b c [2J .");
});
