import type * as fc from "fast-check";
import type { Corruption } from "./corruptions";

/** How an export is tested. */
export interface Entry {
  /** Lists of arguments that the export takes. */
  readonly valid: fc.Arbitrary<readonly unknown[]>;
  readonly call: (...args: any[]) => unknown;
  /** Calls the functions of a result, which are tested with it. */
  readonly use?: (result: any, args: any[]) => unknown;
  /** What makes a valid list bad; it must be refused before any function in it is called and any number drawn. */
  readonly refuses: Readonly<Record<string, Corruption>>;
  /** What is refused where it turns up: by the functions of a result, or after a function in the list was called. */
  readonly refusesInUse?: Readonly<Record<string, Corruption>>;
  /** What leaves the finite numbers, which a DivergenceError names. */
  readonly diverges?: Readonly<Record<string, Corruption>>;
  /** Why no argument is bad, where `refuses` is empty. */
  readonly nothingToRefuse?: string;
  /** Why a result may be infinite. */
  readonly infinite?: string;
  /** Why a result may be NaN when a valid input is so large that its square overflows, or the error is of another kind. */
  readonly overflow?: string;
  /** Why the same call need not give the same result. */
  readonly unrepeatable?: string;
  /** Why a message does not begin with "function: ". */
  readonly otherwiseNamed?: string;
  /** How many valid lists are tried, when a call is slow. */
  readonly runs?: number;
}

/** The entries of a folder by the names of its exports; "name, what" where one export has several. */
export type Registry = Readonly<Record<string, Entry>>;

/** An entry, with the arguments typed as the export takes them. */
export function entry<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Result,
  valid: fc.Arbitrary<Args>,
  rest: Omit<Entry, "valid" | "call" | "use"> & {
    readonly use?: (result: Awaited<Result>, args: Args) => unknown;
  },
): Entry {
  return { ...rest, valid, call, use: rest.use as Entry["use"] };
}
