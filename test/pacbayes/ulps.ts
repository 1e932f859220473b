/** How many doubles lie from one non-negative number to another: their bits are in their order. */
export function doublesApart(a: number, b: number): number {
  const [x, y] = new BigInt64Array(Float64Array.of(a, b).buffer);
  return Number(x > y ? x - y : y - x);
}

/** The rows of a table of numbers in a text; 60 digits become the nearest double. */
export function tableOf(text: string): number[][] {
  const lines = text.trim().split("\n");
  return lines.map((line) => line.trim().split(" ").map(Number));
}
