// Shared by the Node scripts. A script prints facts as "name: value", which the tests read.
import { readFile } from 'node:fs/promises';
import { samplesOf } from './listener.mjs';

const LONGEST_SECONDS = 170;

export const server = process.env.PARLEY_URL ?? 'http://127.0.0.1:8080';
export const key = process.env.PARLEY_KEY ?? 'parley-dev';

export const methodUrl = (method, query, version = 'v1') =>
  `${server.replace(/^http/, 'ws')}/ws/google.ai.generativelanguage.${version}.GenerativeService.${method}?${query}`;

export const file = (path) => new URL(`../../../${path}`, import.meta.url);

export const media = {
  question: samplesOf(await readFile(file('samples/audio/question.wav'))),
  picture: await readFile(file('tests/Parley.EndToEnd/media/picture.jpg')),
};

export const print = (name, value) => console.log(`${name}: ${value}`);

/** Runs a script: exit code 0 on success, 1 with a reason on failure or timeout. */
export async function run(scenario) {
  const timer = setTimeout(() => fail(`Not done after ${LONGEST_SECONDS} seconds.`), LONGEST_SECONDS * 1000);
  try {
    await scenario();
    clearTimeout(timer);
    process.exit(0);
  } catch (error) {
    fail(error.stack ?? error);
  }
}

export function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
