import { textWidth } from "./text";
import { labelSize } from "./theme";
import type { Box, Frame, Layer, Ruler, Spec } from "./types";

interface Anchor {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

interface Side {
  readonly align: "left" | "center" | "right";
  readonly baseline: "top" | "middle" | "bottom";
  readonly dx: number;
  readonly dy: number;
}

const gap = 7;

/** In order of preference. */
const sides: readonly Side[] = [
  { align: "left", baseline: "middle", dx: gap, dy: 0 },
  { align: "right", baseline: "middle", dx: -gap, dy: 0 },
  { align: "center", baseline: "bottom", dx: 0, dy: -gap },
  { align: "center", baseline: "top", dx: 0, dy: gap },
  { align: "left", baseline: "bottom", dx: gap, dy: -gap },
  { align: "left", baseline: "top", dx: gap, dy: gap },
  { align: "right", baseline: "bottom", dx: -gap, dy: -gap },
  { align: "right", baseline: "top", dx: -gap, dy: gap },
];

/** The boxes that a layer's points cover; no label goes there. */
export function pointBoxes(layer: Layer, frame: { readonly x: Ruler; readonly y: Ruler }): Box[] {
  const radius = 4;
  const [x, y] = layer.columns;
  return x.values.map((value, i) => {
    const [centre, middle] = [frame.x.pixel(value), frame.y.pixel(y.values[i])];
    return { left: centre - radius, right: centre + radius, top: middle - radius, bottom: middle + radius };
  });
}

/**
 * Text beside points: each label takes the first side where it meets nothing, else the one where it meets least. It is
 * drawn twice, first broad and white, so that it stays legible on lines and regions.
 */
export function labelMarks(anchors: readonly Anchor[], frame: Frame): Spec[] {
  const bySide = new Map<Side, Anchor[]>();
  for (const anchor of anchors) {
    const tried = sides.map((side) => ({ side, box: labelBox(anchor, side, frame) }));
    const costs = tried.map(
      ({ box }) => overflow(box, frame) + frame.taken.reduce((sum, one) => sum + overlap(box, one), 0),
    );
    const best = tried[costs.indexOf(Math.min(...costs))];
    frame.taken.push(best.box);
    bySide.set(best.side, [...(bySide.get(best.side) ?? []), anchor]);
  }
  return [...bySide].map(([side, values]) => ({
    data: { values },
    encoding: {
      x: frame.x.channel({ field: "x" }),
      y: frame.y.channel({ field: "y" }),
      text: { field: "label", type: "nominal" },
    },
    layer: [{ stroke: "white", strokeWidth: 3, opacity: 0.8 }, {}].map((halo) => ({
      mark: { type: "text", ...side, clip: frame.clip, ...halo },
    })),
  }));
}

function labelBox(anchor: Anchor, side: Side, frame: Frame): Box {
  const width = textWidth(anchor.label, labelSize);
  const left = frame.x.pixel(anchor.x) + side.dx - { left: 0, center: width / 2, right: width }[side.align];
  const top = frame.y.pixel(anchor.y) + side.dy - { top: 0, middle: labelSize / 2, bottom: labelSize }[side.baseline];
  return { left, right: left + width, top, bottom: top + labelSize };
}

/** The shared area of two boxes, in square pixels. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** The area of a box outside the plot, counted tenfold: a label that is cut off is worse than one that touches. */
function overflow(box: Box, { width, height }: Frame): number {
  const area = (box.right - box.left) * (box.bottom - box.top);
  return 10 * (area - overlap(box, { left: 0, right: width, top: 0, bottom: height }));
}
