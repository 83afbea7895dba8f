// Texts in little room.

/** Several lines as one, without those that only point at a place in the line before. */
export function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^[\^~]*$/.test(line))
    .join(" ");
}
