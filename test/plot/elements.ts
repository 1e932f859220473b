/**
 * The attributes of all elements of a kind in a picture, those that they take over from the groups around them included,
 * and the text that follows their tag.
 */
export function elementsOf(svg: string, kind: "path" | "text"): Record<string, string>[] {
  const elements: Record<string, string>[] = [];
  const groups: Record<string, string>[] = [{}];
  for (const [, closing, name, attributes, text] of svg.matchAll(/<(\/?)(\w+)([^>]*)>([^<]*)/g)) {
    const own = Object.fromEntries(
      [...attributes.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const all = { ...groups[groups.length - 1], ...own, text };
    if (name === "g" && closing) groups.pop();
    else if (name === "g") groups.push(all);
    else if (name === kind && !closing) elements.push(all);
  }
  return elements;
}
