import { escapeHtml } from "../core/escape-html";
import { type Verdict, verdictSign } from "./verdict";

/** Okabe–Ito green and vermilion, and a mid grey: 3 : 1 or better on JupyterLab's white and on its near-black. */
const SIGN_COLOURS = { "✓": "#009e73", "✗": "#d55e00", "–": "#888888" } as const;

/** A formula or sentence of the ledger, escaped, its `x_{t+1}` and `x^t` set as indices and exponents. */
export function mathHtml(text: string): string {
  return escapeHtml(text)
    .replace(/_(?:\{([^}]*)\}|([\p{L}\p{Nd}]+))/gu, "<sub>$1$2</sub>")
    .replace(/\^(?:\{([^}]*)\}|([\p{L}\p{Nd}]+))/gu, "<sup>$1$2</sup>");
}

/** A verdict's sign in its colour. */
export function signHtml(verdict: Verdict): string {
  const sign = verdictSign(verdict);
  return `<span style="color:${SIGN_COLOURS[sign]};font-weight:bold">${sign}</span>`;
}
