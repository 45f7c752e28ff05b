import { signal } from '@preact/signals';
import { complete } from '../settings/profile';
import { change, profile } from '../settings/store';
import { type About, about, LoginNeeded } from './server';
import { serverIsBack } from './session';

/** The last known description of the server. */
export const server = signal<About | undefined>(undefined);
export const reachable = signal(true);
export const needsLogin = signal(false);

let timer: number | undefined;

/** Polls the server: every second until it answers, then every ten seconds. */
export async function watch(): Promise<void> {
  window.clearTimeout(timer);
  try {
    const found = await about();
    server.value = found;
    needsLogin.value = found.login;
    if (!profile.value.model && found.models[0]) change(complete({ ...profile.value, model: found.models[0] }));
    if (!reachable.value) serverIsBack();
    reachable.value = true;
  } catch (error) {
    needsLogin.value = error instanceof LoginNeeded;
    reachable.value = error instanceof LoginNeeded;
  }
  timer = window.setTimeout(watch, reachable.value ? 10_000 : 1_000);
}
