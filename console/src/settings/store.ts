import { signal } from '@preact/signals';
import { complete, type Profile, standard } from './profile';

const key = 'parley.profiles';

interface Stored {
  current: Profile;
  saved: Profile[];
}

function load(): Stored {
  try {
    const { current, saved } = JSON.parse(localStorage.getItem(key) ?? '{}') as { current?: unknown; saved?: unknown[] };
    return { current: complete(current), saved: (saved ?? []).map(complete) };
  } catch {
    return { current: standard, saved: [] };
  }
}

function keep(): void {
  try {
    localStorage.setItem(key, JSON.stringify({ current: profile.peek(), saved: savedProfiles.peek() }));
  } catch {
    // Without storage the profile is kept only in this page.
  }
}

const stored = load();

/** The profile of the next session. */
export const profile = signal<Profile>(stored.current);
export const savedProfiles = signal<Profile[]>(stored.saved);

export function change(members: Partial<Profile>): void {
  profile.value = { ...profile.value, ...members };
  keep();
}

export function save(): void {
  savedProfiles.value = [...savedProfiles.value.filter(({ name }) => name !== profile.value.name), profile.value];
  keep();
}

export function remove(name: string): void {
  savedProfiles.value = savedProfiles.value.filter((one) => one.name !== name);
  keep();
}

/** A link to this page with the profile in its fragment, which browsers do not send to a server. */
export function link(shared: Profile): string {
  const url = new URL(location.href);
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  url.hash = `profile=${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  return url.href;
}

/** Loads the profile of a link, if it has one; returns whether it had one. */
export function takeFromLink(hash: string): boolean {
  const text = /^#profile=([A-Za-z0-9_-]+)$/.exec(hash)?.[1];
  if (!text) return false;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    change(complete(JSON.parse(new TextDecoder().decode(bytes))));
    return true;
  } catch {
    return false;
  }
}
