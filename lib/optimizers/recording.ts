import { requireThat } from "../core";

/** What is to be recorded along a run under a name of its own, and how often. */
export interface Observer<Value = unknown> {
  /** Look at the steps that are multiples of this (default 1: every step). */
  readonly every?: number;
  /** What to keep of θ_t (p) and t; a promise is waited for. θ_t is to be copied if it is kept. */
  readonly observe: (parameters: Float64Array, step: number) => Value | Promise<Value>;
}

/** The values that a named observer returned. */
export interface Series<Value> {
  /** The step numbers t. */
  readonly steps: number[];
  readonly values: Value[];
}

/** A function that looks at a run, how often, and what it has seen so far. */
export interface Recorder {
  readonly every: number;
  readonly observe: (parameters: Float64Array, step: number) => unknown;
  readonly steps: number[];
  readonly values: unknown[];
}

/** The recorders that were asked for: all, the single one (empty where only named ones were), and the named by name. */
export function recordersOf(
  functionName: string,
  {
    every = 1,
    observe,
    observers = {},
  }: { every?: number; observe?: Observer["observe"]; observers?: Readonly<Record<string, Observer>> },
): { recorders: Recorder[]; single: Recorder; observed: Record<string, Series<unknown>> } {
  const named = Object.entries(observers);
  const copy = (parameters: Float64Array): Float64Array => parameters.slice();
  const single: Recorder = { every, observe: observe ?? copy, steps: [], values: [] };
  const recorders = observe || named.length === 0 ? [single] : [];
  const observed: Record<string, Series<unknown>> = {};
  for (const [name, observer] of named) {
    const recorder: Recorder = { every: observer.every ?? 1, observe: observer.observe, steps: [], values: [] };
    requireEvery(functionName, `observers.${name}.every`, recorder.every);
    recorders.push(recorder);
    observed[name] = { steps: recorder.steps, values: recorder.values };
  }
  return { recorders, single, observed };
}

/** Refuses a number of steps between two looks that is not a positive integer. */
export function requireEvery(functionName: string, name: string, every: number): void {
  requireThat(Number.isInteger(every) && every >= 1, functionName, `${name} must be a positive integer`, every);
}
