// Server-sent events out of a stream of text, wherever it was cut into pieces.

export interface Frame {
  id: string | null;
  data: string;
}

export class FrameParser {
  /** Of the last frame that was whole. */
  lastId: string | null = null;
  private rest = "";
  private data: string[] = [];
  private id: string | null = null;

  feed(piece: string): Frame[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?=[^\n])/);
    this.rest = lines.pop() ?? "";
    const found: Frame[] = [];
    for (const line of lines) {
      if (line !== "") {
        this.take(line);
        continue;
      }
      this.lastId = this.id ?? this.lastId;
      if (this.data.length > 0) found.push({ id: this.id, data: this.data.join("\n") });
      this.data = [];
      this.id = null;
    }
    return found;
  }

  private take(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.id = value;
  }
}
