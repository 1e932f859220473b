import { mathHtml } from "./html";

/** Headers and rows of plain cells. */
export interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table in columns of equal width, under a ruled header. */
export function textTable({ headers, rows }: Table): string {
  const widths = headers.map((header, column) => Math.max(width(header), ...rows.map((row) => width(row[column]))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + " ".repeat(widths[column] - width(cell)))
      .join("  ")
      .trimEnd();
  return [line(headers), widths.map((count) => "─".repeat(count)).join("  "), ...rows.map(line)].join("\n");
}

/** The table in GitHub's Markdown. */
export function markdownTable({ headers, rows }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\n/g, " ")).join(" | ")} |`;
  return [line(headers), line(headers.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The table in HTML, its colours inherited, so that it can be read on light and dark; cells are escaped, formulas set. */
export function htmlTable({ headers, rows }: Table): string {
  const style = "text-align:left;vertical-align:top;padding:4px 10px;border-bottom:1px solid rgba(128,128,128,.4)";
  const line = (cells: readonly string[], tag: "td" | "th"): string =>
    `<tr>${cells.map((cell) => `<${tag} style="${style}">${mathHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("");
  return `<table style="border-collapse:collapse;color:inherit;font:inherit"><thead>${line(headers, "th")}</thead><tbody>${body}</tbody></table>`;
}

/** Columns that a text takes: its characters, marks that sit on others not counted. */
function width(text: string): number {
  return [...text.normalize("NFC").replace(/\p{M}/gu, "")].length;
}
