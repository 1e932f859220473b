/** A point of the plane: x to the right, y downwards. */
export type Point = readonly [x: number, y: number];

/** A straight line between two points, or the half of a circle on one side of its centre. */
export type Stroke =
  | { readonly from: Point; readonly to: Point }
  | { readonly center: Point; readonly radius: number; readonly side: Side };

/** The unit vector from the centre to the middle of the half circle. */
export type Side = readonly [-1 | 0 | 1, -1 | 0 | 1];

const TOP: Side = [0, -1];
const BOTTOM: Side = [0, 1];
const LEFT: Side = [-1, 0];
const RIGHT: Side = [1, 0];

const line = (...points: Point[]): Stroke[] => points.slice(1).map((to, k) => ({ from: points[k], to }));
const halfCircle = (side: Side, center: Point, radius: number): Stroke => ({ center, radius, side });
const circle = (center: Point, radius: number): Stroke[] => [LEFT, RIGHT].map((side) => ({ center, radius, side }));

/** The digits 0 to 9 in a box of width 4 and height 5. */
export const DIGIT_STROKES: readonly (readonly Stroke[])[] = [
  [halfCircle(TOP, [2, 2], 2), halfCircle(BOTTOM, [2, 3], 2), ...line([0, 2], [0, 3]), ...line([4, 2], [4, 3])],
  line([1, 1], [2, 0], [2, 5]),
  [halfCircle(TOP, [2, 2], 2), ...line([4, 2], [0, 5], [4, 5])],
  [
    ...line([0.5, 0], [2, 0]),
    halfCircle(RIGHT, [2, 1.25], 1.25),
    ...line([1, 2.5], [2, 2.5]),
    halfCircle(RIGHT, [2, 3.75], 1.25),
    ...line([0.5, 5], [2, 5]),
  ],
  line([3, 5], [3, 0], [0, 3.5], [4, 3.5]),
  [...line([4, 0], [0.5, 0], [0.5, 2], [2.25, 2]), halfCircle(RIGHT, [2.25, 3.5], 1.5), ...line([2.25, 5], [0.5, 5])],
  [...circle([2, 3.25], 1.75), ...line([0.4, 2.5], [2.5, 0])],
  line([0, 0], [4, 0], [1.5, 5]),
  [...circle([2, 1.25], 1.25), ...circle([2, 3.75], 1.25)],
  [...circle([2, 1.75], 1.75), ...line([3.6, 2.5], [1.5, 5])],
];

/** The distance from a point to the nearest point of a stroke. Square roots alone, so the same bits everywhere. */
export function distanceToStroke([x, y]: Point, stroke: Stroke): number {
  if ("from" in stroke) {
    const { from, to } = stroke;
    const [ux, uy] = [to[0] - from[0], to[1] - from[1]];
    const along = ((x - from[0]) * ux + (y - from[1]) * uy) / (ux * ux + uy * uy);
    const part = Math.min(1, Math.max(0, along));
    return length(x - from[0] - part * ux, y - from[1] - part * uy);
  }
  const { center, radius, side } = stroke;
  const [dx, dy] = [x - center[0], y - center[1]];
  // On the half circle's side the nearest point lies on the ray through (x, y), on the other it is one of the two ends.
  if (dx * side[0] + dy * side[1] >= 0) return Math.abs(length(dx, dy) - radius);
  const [ex, ey] = [-side[1] * radius, side[0] * radius];
  return Math.min(length(dx - ex, dy - ey), length(dx + ex, dy + ey));
}

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
