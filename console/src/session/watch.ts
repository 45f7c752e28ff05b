import { signal } from '@preact/signals';
import { complete } from '../settings/profile';
import { change, profile } from '../settings/store';
import { type About, about, LoginNeeded } from './server';

/** The last known description of the server. */
export const server = signal<About | undefined>(undefined);
export const reachable = signal(true);
export const needsLogin = signal(false);

let timer: number | undefined;
let back: () => void = () => {};
let answered: () => void = () => {};
const firstAnswer = new Promise<void>((resolve) => {
  answered = resolve;
});

/** Calls a function when the server is reachable again. */
export function onServerBack(run: () => void): void {
  back = run;
}

/** Resolves when the server has described itself, or after ten seconds. */
export const serverKnown = (): Promise<void> => Promise.race([firstAnswer, new Promise<void>((resolve) => setTimeout(resolve, 10_000))]);

/** Polls the server: every second until it answers, then every ten seconds. */
export async function watch(): Promise<void> {
  window.clearTimeout(timer);
  try {
    const found = await about();
    server.value = found;
    needsLogin.value = found.login;
    if (!profile.value.model && found.models[0]) change(complete({ ...profile.value, model: found.models[0] }));
    if (!reachable.value) back();
    reachable.value = true;
    answered();
  } catch (error) {
    needsLogin.value = error instanceof LoginNeeded;
    reachable.value = error instanceof LoginNeeded;
  }
  window.clearTimeout(timer);
  timer = window.setTimeout(watch, reachable.value ? 10_000 : 1_000);
}
