// ledger.html: all claims and checks as one page that needs nothing else, with a filter.
import { NOTEBOOKS, citeShort } from "../../lib/dist/claims/index.js";
import { mathHtml } from "../../lib/dist/claims/html.js";
import { legend, printedForm, signed, summaryTable } from "./summary.mjs";

const style = `
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 110rem; padding: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; }
#claims { min-width: 90rem; }
#claims thead th { white-space: nowrap; }
#claims thead th:nth-child(2) { min-width: 18rem; }
#claims thead th:nth-child(4) { min-width: 15rem; }
caption { font-weight: bold; padding: 0.5rem; text-align: left; }
th, td { border-bottom: 1px solid #8886; overflow-wrap: break-word; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
tbody th { font-weight: normal; }
#claims tbody { border-top: 2px solid #888; }
label { font-weight: bold; }
input { font: inherit; max-width: 100%; padding: 0.3rem; width: 30rem; }
`;

/** Runs in the page. Without it, all claims are shown and there is no filter. */
const script = `
const field = document.getElementById("filter");
const shown = document.getElementById("shown");
const claims = [...document.querySelectorAll("#claims tbody")].map((body) => [body, body.textContent.toLowerCase()]);
function filter() {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const [body, text] of claims) body.hidden = !words.every((word) => text.includes(word));
  shown.textContent = claims.filter(([body]) => !body.hidden).length + " of " + claims.length + " claims shown";
}
field.addEventListener("input", filter);
document.getElementById("search").hidden = false;
filter();
`;

/**
 * @param {readonly import("./rows.mjs").ReportRow[]} rows
 * @returns {string}
 */
export function ledgerHtml(rows) {
  const summary = summaryTable(rows);
  const headers = [
    "claim",
    "statement",
    "check",
    "measured",
    "stated",
    "tolerance or slack",
    "rejects",
    "verdict",
    "precision",
    "stored",
  ];
  return `<!doctype html>
<!-- Made by \`npm run report\` from the ledger and the notebooks' outputs: do not edit. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>The ledger of flat-minima</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>The ledger of flat-minima</h1>
<ul>
${legend.map((sentence) => `<li>${mathHtml(sentence)}</li>`).join("\n")}
</ul>
</header>
<main>
<div class="wide" role="region" aria-labelledby="summary-caption" tabindex="0">
<table id="summary">
<caption id="summary-caption">Claims by source and verdict</caption>
<thead><tr>${columns(summary.headers)}</tr></thead>
<tbody>
${summary.rows.map(([name = "", ...counts]) => `<tr><th scope="row">${mathHtml(name)}</th>${counts.map(cell).join("")}</tr>`).join("\n")}
</tbody>
</table>
</div>
<div id="search" role="search" hidden>
<p><label for="filter">Show only claims with these words</label><br>
<input id="filter" type="search" autocomplete="off" spellcheck="false" aria-describedby="shown"></p>
</div>
<p id="shown" role="status"></p>
<div class="wide" role="region" aria-labelledby="claims-caption" tabindex="0">
<table id="claims">
<caption id="claims-caption">Claims and their checks</caption>
<thead><tr>${columns(headers)}</tr></thead>
${rows.map(claimBody).join("\n")}
</table>
</div>
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** @param {readonly string[]} headers */
function columns(headers) {
  return headers.map((header) => `<th scope="col">${mathHtml(header)}</th>`).join("");
}

/** @param {string} text */
function cell(text) {
  return `<td>${mathHtml(text) || "—"}</td>`;
}

/** @param {import("./rows.mjs").ReportRow} row */
function claimBody({ claim, verdict, checks }) {
  const span = `rowspan="${Math.max(1, checks.length)}"`;
  const slug = NOTEBOOKS.find(({ number }) => number === claim.home)?.slug;
  const head =
    `<th scope="rowgroup" ${span}><b>${claim.id}</b><br>${signed(verdict)}<br>` +
    `${claim.sources.map(citeShort).map(mathHtml).join("; ")}<br><a href="notebooks/${slug}.ipynb">notebook ${claim.home}</a></th>` +
    `<td ${span}>${mathHtml(claim.statement)}<br><i>${mathHtml(printedForm(claim))}</i></td>`;
  const lines = checks.map((check) =>
    [
      `<td>${check.note === "" ? "" : `${mathHtml(check.note)}<br>`}` +
        `<a href="${check.link}">${check.notebook.slice(0, 2)}, <code>${check.cell}</code></a></td>`,
      cell(check.measured),
      cell(check.stated),
      cell(check.margin),
      cell(check.rejects.join("; ")),
      cell(`${signed(check.verdict)}${check.printedFails ? " (as printed it fails)" : ""}`),
      cell(check.precision),
      cell(check.stored ? "stored" : ""),
    ].join(""),
  );
  const [first = '<td colspan="8">not checked</td>', ...rest] = lines;
  const id = claim.id.toLowerCase().replace("/", "");
  return `<tbody id="${id}">\n${[head + first, ...rest].map((line) => `<tr>${line}</tr>`).join("\n")}\n</tbody>`;
}
