// What the threads of the tests run: a task is a word and a number, and the file that it waits for.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** @param {[word: string, number: number, file?: string]} task */
export default async function run([word, number, file = ""]) {
  if (word === "wait") while (!existsSync(file)) await sleep(5);
  if (word === "spin") for (;;);
  if (word === "fail") throw new RangeError(`failed with ${number}`);
  if (word === "exit") process.exit(number);
  return 10 * number;
}
