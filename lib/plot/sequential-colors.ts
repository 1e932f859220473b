/** Ten colours of viridis (van der Walt and Smith 2015): lightness rises evenly, for the colour-blind and in print too. */
const viridis: readonly string[] = [
  "#440154",
  "#482878",
  "#3E4989",
  "#31688E",
  "#26828E",
  "#1F9E89",
  "#35B779",
  "#6ECE58",
  "#B5DE2B",
  "#FDE725",
];

/** `count` ≥ 2 colours from dark to light, evenly spaced on viridis. */
export function sequentialColors(count: number): string[] {
  return Array.from({ length: count }, (_, k) => {
    const at = (k * (viridis.length - 1)) / (count - 1);
    const [before, after] = [viridis[Math.floor(at)], viridis[Math.ceil(at)]];
    const channels = [1, 3, 5].map((start) => {
      const [low, high] = [before, after].map((color) => parseInt(color.slice(start, start + 2), 16));
      return Math.round(low + (at - Math.floor(at)) * (high - low));
    });
    return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  });
}
