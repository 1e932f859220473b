import { requireThat } from "../core";

/**
 * JSON in which a value has one text only: the fields of an object sorted by their UTF-16 code units, no blanks,
 * numbers as JavaScript writes them (the canonical form of RFC 8785). -0 is written as 0.
 *
 * @throws InvalidArgumentError on what JSON would drop or distort, naming its place: NaN and infinities, undefined
 *   (a missing field is left out, not undefined), functions, big integers, typed arrays and other objects of a class.
 *
 * @example
 * canonicalJson({ b: [1, 0.5], a: null }); // '{"a":null,"b":[1,0.5]}'
 * canonicalJson({ rate: [1, NaN] }); // InvalidArgumentError: canonicalJson: value.rate[1] must be JSON, got NaN
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, "value");
}

function textOf(value: unknown, place: string): string {
  if (value === null || typeof value === "boolean" || typeof value === "string" || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    // Array.from, since map would skip the holes of a sparse array.
    return `[${Array.from(value, (entry, index) => textOf(entry, `${place}[${index}]`)).join(",")}]`;
  }
  requireThat(isPlainObject(value), "canonicalJson", `${place} must be JSON`, value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${textOf(value[name], `${place}.${name}`)}`).join(",")}}`;
}

/** An object of fields; one that came from another realm (a worker, a kernel's cell) has another Object.prototype. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
