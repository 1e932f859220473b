export { type AsPrinted, type Claim, type ClaimKind, type SourceId } from "./types";
export { type Source, SOURCES, citeShort } from "./sources";
export { type Notebook, NOTEBOOKS } from "./notebooks";
export { CLAIMS, claim } from "./ledger";
export {
  type FigureStatement,
  type IdentityStatement,
  type LikelyEventStatement,
  type LowerBoundStatement,
  type RareEventStatement,
  type RateStatement,
  type Statement,
  type UpperBoundStatement,
  type Values,
} from "./statement";
export { type CheckOptions, check } from "./check";
export { CHECK_MIME_TYPE, type CheckJson, type CheckResult } from "./check-result";
export { type Bundle, type Displayable } from "./displayable";
export { CheckDefectError, CheckFailedError, NonFiniteMeasurementError } from "./errors";
export { type Verdict, VERDICTS_WORST_FIRST, worstVerdict } from "./verdict";
export { closingTable } from "./closing-table";
export { type Ledger, type LedgerCheck, type LedgerEntry, type NotebookOutputs, collectChecks } from "./collect";
export { compareLedgers, restrictLedger } from "./compare";
export { type RenderedLedger, renderLedger } from "./render";
