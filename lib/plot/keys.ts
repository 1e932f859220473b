import type { Key, Pen } from "./types";

/** The legend entry of a layer of lines; none without a name. */
export function lineKeys(name: string | undefined, shape: "line" | "paths", pen: Pen): Key[] {
  const stroke = shape === "paths" ? `${pen.color}99` : pen.color; // translucent, as the paths are
  return name === undefined ? [] : [{ name, shape, fill: "transparent", stroke, dash: pen.dash }];
}

/** The legend entry of a filled layer; none without a name. */
export function filledKeys(name: string | undefined, shape: "point" | "area", fill: string): Key[] {
  return name === undefined ? [] : [{ name, shape, fill, stroke: "transparent", dash: [1, 0] }];
}
