import type { QuickInfo, SymbolDisplayPart } from "@tslab/typescript-for-tslab";
import type { Bundle } from "./bundle";

const join = (parts: readonly SymbolDisplayPart[] | undefined): string =>
  (parts ?? []).map(({ text }) => text).join("");

/**
 * What the compiler knows of a name, as Shift-Tab shows it: the signature, the doc comment, and its tags under their
 * names (tslab's own text leaves those out, so that errors and examples run into the prose).
 */
export function quickInfoBundle(info: QuickInfo): Bundle {
  const signature = join(info.displayParts);
  const documentation = join(info.documentation);
  const tags = (info.tags ?? [])
    .map(({ name, text }) => ({ name, text: join(text).trim() }))
    .filter(({ text }) => text);
  const plain = [signature, documentation, ...tags.map(({ name, text }) => `@${name} ${text}`)];
  const markdown = [
    fenced(signature),
    documentation,
    ...tags.map(({ name, text }) => (name === "example" ? `**example**\n\n${fenced(text)}` : `**${name}** ${text}`)),
  ];
  const paragraphs = (parts: string[]) => parts.filter((part) => part !== "").join("\n\n");
  return { "text/plain": paragraphs(plain), "text/markdown": paragraphs(markdown) };
}

function fenced(code: string): string {
  return code.startsWith("```") ? code : `\`\`\`typescript\n${code}\n\`\`\``;
}
