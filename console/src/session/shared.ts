import { signal } from '@preact/signals';
import { view } from '../ui/route';
import { pack } from './archive';
import { current } from './current';
import { openFiles } from './files';
import { say, settle } from './notices';
import { type Share, sharedIn } from './share-link';
import { needsLogin } from './watch';

const key = 'parley.shares';

/** The sessions that this browser shared and that have not expired, newest first. */
export const shares = signal<Share[]>(stored());

/** Uploads the shown session; returns whether it is shared. */
export async function share(): Promise<boolean> {
  const body = new Blob([await pack(current.feed.log.entries)], { type: 'application/zip' });
  const response = await ask('./console/shares', { method: 'POST', body });
  if (response?.status === 401) needsLogin.value = true;
  if (!response?.ok) {
    say('file', 'error', 'The session is not shared.', await reasonOf(response));
    return false;
  }
  settle('file');
  keep([(await response.json()) as Share, ...shares.value]);
  return true;
}

/** Deletes a shared session from the server. */
export async function unshare(shared: Share): Promise<void> {
  const headers = { 'x-parley-share': shared.id, authorization: `Bearer ${shared.secret}` };
  const response = await ask('./console/share', { method: 'DELETE', headers });
  // What is gone already need not be deleted.
  if (!response?.ok && response?.status !== 404) {
    say('file', 'error', 'The link is not deleted.', await reasonOf(response));
    return;
  }
  keep(shares.value.filter(({ id }) => id !== shared.id));
}

let opened: string | undefined;

/** Opens the session of an address such as `#/shared/ID`. */
export async function openShared(hash: string): Promise<void> {
  const id = sharedIn(hash);
  if (!id) return;
  view.value = 'inspect';
  // Back leads here again.
  if (id === opened) return;
  const response = await ask('./console/share', { headers: { 'x-parley-share': id } });
  if (!response?.ok) {
    say('file', 'error', 'This shared session cannot be opened.', await reasonOf(response));
    return;
  }
  opened = id;
  const bytes = new Uint8Array(await response.arrayBuffer());
  await openFiles([{ path: 'Shared session', bytes: async () => bytes }]);
}

async function ask(path: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    return undefined;
  }
}

async function reasonOf(response: Response | undefined): Promise<string> {
  if (!response) return 'The server does not answer.';
  try {
    return ((await response.json()) as { error: { message: string } }).error.message;
  } catch {
    return `The server answered with an error (${response.status}).`;
  }
}

function keep(list: Share[]): void {
  shares.value = list;
  try {
    localStorage.setItem(key, JSON.stringify(list));
  } catch {
    // Without storage the links can be deleted until the page is closed.
  }
}

function stored(): Share[] {
  try {
    const list = JSON.parse(localStorage.getItem(key) ?? '[]') as Share[];
    return list.filter(({ expires }) => Date.parse(expires) > Date.now());
  } catch {
    return [];
  }
}
