/** A column of numbers: an array or a typed array. */
export type Values = ArrayLike<number>;

/** A piece of a Vega-Lite specification: plain JSON. */
export type Spec = Record<string, unknown>;

/**
 * One axis of a figure.
 *
 * @example
 * const axis: Axis = { title: "step t" }; // a linear axis that fits the data
 */
export interface Axis {
  /** What is drawn, with its symbol and unit: "training loss L(θ)". */
  readonly title: string;
  /** How values map to lengths; `linear` unless given. `symlog` is sign(v) log(1 + |v|), for values that change sign. */
  readonly scale?: "linear" | "log" | "symlog";
  /** The first and last value shown; fits the data unless given. What lies outside is cut off. */
  readonly domain?: readonly [low: number, high: number];
  /** A d3-format string for the tick labels, as ".2f". */
  readonly format?: string;
}

/**
 * What a line stands for; each role looks the same in every figure. A measurement is solid and coloured, theory is
 * dashed and dark, a bound is dotted, a path (one of many sample paths) is thin and translucent.
 */
export type Role = "measurement" | "theory" | "bound" | "path";

/** How the layers of one colour are drawn. */
export interface Pen {
  readonly color: string;
  readonly dash: readonly number[];
}

/** One entry of the legend. */
export interface Key {
  readonly name: string;
  readonly shape: "line" | "paths" | "point" | "area";
  readonly fill: string;
  readonly stroke: string;
  readonly dash: readonly number[];
}

/** Values that a layer puts on an axis; `what` names them in error messages. */
export interface Column {
  readonly axis: "x" | "y";
  readonly what: string;
  readonly values: readonly number[];
}

/** A rectangle of the plot in pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The scale of one axis: its Vega-Lite encoding, and the pixels it maps values to. */
export interface Ruler {
  readonly title: string;
  readonly domain: readonly [number, number];
  readonly isLog: boolean;
  /** The distance of a value from the left or upper edge of the plot. */
  readonly pixel: (value: number) => number;
  /** The encoding that all layers of the figure inherit: scale and axis, once instead of in every layer. */
  readonly shared: Spec;
  /** The position channel that puts `position` (a field or a datum) on this axis. */
  readonly channel: (position: { readonly field: string } | { readonly datum: number }) => Spec;
}

/** What a layer sees of the figure it is drawn in. */
export interface Frame {
  readonly x: Ruler;
  readonly y: Ruler;
  readonly width: number;
  readonly height: number;
  /** Whether marks must be cut off at the edge of the plot. */
  readonly clip: boolean;
  /** How far, in pixels, the label of a rule moves out of the way of the labels before it. */
  readonly ruleShift: number;
  /** Where labels may not go: the points and the labels placed so far; whoever places a label adds it. */
  readonly taken: Box[];
}

/** One layer of a figure; made by `line`, `paths`, `band`, `points`, `rule`, `bars` or `raster`. */
export interface Layer {
  readonly kind: "line" | "paths" | "band" | "points" | "rule" | "bars" | "raster";
  readonly role: Role;
  /** The name in the legend. */
  readonly name?: string;
  /** The name of the layer whose colour this one shares. */
  readonly of?: string;
  readonly columns: readonly Column[];
  /** The label of a rule. */
  readonly label?: string;
  keys(pen: Pen): Key[];
  draw(pen: Pen, frame: Frame): Spec[];
}
