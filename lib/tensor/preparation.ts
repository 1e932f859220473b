/** What a backend that can be used is, or why it cannot be used. */
export type Preparation = { readonly description: string } | { readonly refused: string };
