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

// Another tab may save and delete profiles too: the saved ones are always those of the storage.
function readSaved(): void {
  savedProfiles.value = load().saved;
}

if (typeof window !== 'undefined')
  window.addEventListener('storage', (event) => {
    if (event.key === key) readSaved();
  });

export function change(members: Partial<Profile>): void {
  readSaved();
  profile.value = { ...profile.value, ...members };
  keep();
}

/** Saves a profile under its name; the profile of that name is replaced. */
export function save(saved: Profile = profile.value): void {
  readSaved();
  savedProfiles.value = [...savedProfiles.value.filter(({ name }) => name !== saved.name), saved];
  keep();
}

export function remove(name: string): void {
  readSaved();
  savedProfiles.value = savedProfiles.value.filter((one) => one.name !== name);
  keep();
}
