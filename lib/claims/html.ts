import { type Verdict, verdictSign } from "./verdict";

/** Okabe–Ito green and vermilion, and a mid grey: 3 : 1 or better on JupyterLab's white and on its near-black. */
const SIGN_COLOURS = { "✓": "#009e73", "✗": "#d55e00", "–": "#888888" } as const;

/** Text with the characters escaped that HTML gives a meaning. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}

/** A verdict's sign in its colour. */
export function signHtml(verdict: Verdict): string {
  const sign = verdictSign(verdict);
  return `<span style="color:${SIGN_COLOURS[sign]};font-weight:bold">${sign}</span>`;
}
