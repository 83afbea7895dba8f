// The little Markdown that descriptions are written in: paragraphs, lists, code.

export type Inline = { readonly is: "text" | "code" | "strong"; readonly text: string };
export type Block =
  | { readonly is: "paragraph"; readonly parts: readonly Inline[] }
  | { readonly is: "list"; readonly items: readonly (readonly Inline[])[] }
  | { readonly is: "code"; readonly text: string };

export function readProse(markdown: string): Block[] {
  const blocks: Block[] = [];
  const pieces = markdown.replaceAll("\r\n", "\n").split(/(^```[^\n]*\n[\s\S]*?^```\s*$)/m);
  for (const piece of pieces) {
    const code = /^```[^\n]*\n([\s\S]*?)\n?```\s*$/.exec(piece);
    if (code !== null) blocks.push({ is: "code", text: code[1] ?? "" });
    else for (const part of piece.split(/\n\s*\n/)) readPart(part.replace(/^\n+|\s+$/g, ""), blocks);
  }
  return blocks;
}

function readPart(part: string, blocks: Block[]): void {
  if (part.trim() === "") return;
  if (part.split("\n").every((line) => /^ {4}/.test(line) || line.trim() === "")) {
    blocks.push({ is: "code", text: part.replace(/^ {4}/gm, "") });
    return;
  }
  if (/^\s*[-*] /.test(part)) {
    const items = part.split(/\n(?=\s*[-*] )/).map((item) => inlines(joined(item.replace(/^\s*[-*] /, ""))));
    blocks.push({ is: "list", items });
    return;
  }
  blocks.push({ is: "paragraph", parts: inlines(joined(part)) });
}

function joined(text: string): string {
  return text.split("\n").map((line) => line.trim()).join(" ");
}

export function inlines(text: string): Inline[] {
  return text
    .split(/(``?[^`]+``?|\*\*[^*]+\*\*)/)
    .filter((part) => part !== "")
    .map((part) => {
      if (part.startsWith("`") && part.endsWith("`") && part.length > 2) return { is: "code", text: part.replace(/^`+|`+$/g, "") };
      if (part.startsWith("**") && part.endsWith("**")) return { is: "strong", text: part.slice(2, -2) };
      return { is: "text", text: part };
    });
}
