/** The width in pixels that a text takes, nearly: a letter of a wide sans-serif font takes 0.55 of its size. */
export function textWidth(text: string, fontSize: number): number {
  return 0.55 * fontSize * text.length;
}

/**
 * Breaks a text between words into lines of at most `width` pixels; Vega draws each entry as one line.
 *
 * @example
 * wrap("training loss", { width: 60, fontSize: 12 }); // ["training", "loss"]
 */
export function wrap(text: string, options: { readonly width: number; readonly fontSize: number }): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines.length > 0 && textWidth(longer, options.fontSize) <= options.width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
