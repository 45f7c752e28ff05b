import { signal } from '@preact/signals';
import type { AdminSnapshot, KeyLimits, NewKey } from './admin-types';

/** The admin secret. It is kept in memory only, until the page is closed. */
export const secret = signal('');
export const snapshot = signal<AdminSnapshot | undefined>(undefined);
export const failure = signal('');

class SecretRefused extends Error {}

/** What a request is about, for the text of its error. */
type Subject = 'session' | 'key' | 'node' | 'share' | 'list';

const gone: Record<Subject, string> = {
  session: 'This session is over already.',
  key: 'This key does not exist any more.',
  node: 'This server does not run any more.',
  share: 'This shared session does not exist any more.',
  list: 'This server has no admin view at this address.',
};

/** Sends a request to the admin API; an error is a sentence for a person. */
export async function request(path: string, subject: Subject, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`./admin/${path}`, {
      ...init,
      cache: 'no-store',
      headers: { authorization: `Bearer ${secret.value}`, ...(init.body ? { 'content-type': 'application/json' } : {}) },
    });
  } catch {
    throw new Error('The server does not answer.');
  }
  if (response.ok) return response;
  if (response.status === 401) throw new SecretRefused('The server does not accept this admin secret.');
  throw new Error(wordsFor(response.status, subject, await messageOf(response)));
}

/** An error of the admin API in a person's words. */
export function wordsFor(status: number, subject: Subject, message: string): string {
  if (status === 404) return gone[subject];
  if (status === 503) return 'The server cannot reach its database at the moment. Try again shortly.';
  if (status === 403 && subject === 'session')
    return 'Watching is switched off on this server. Whoever runs it can allow it with the setting Live:Admin:AllowWatching.';
  return message || `The server answered with an error (${status}).`;
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { error?: { message?: string } }).error?.message ?? '';
  } catch {
    return '';
  }
}

const get = async <T>(path: string): Promise<T> => (await (await request(path, 'list')).json()) as T;

/** Reads everything again. */
export async function refresh(): Promise<void> {
  try {
    // Alone first: a wrong secret is refused once.
    const status = await get<AdminSnapshot['status']>('status');
    const [keys, sessions, usage, nodes, shares, audit] = await Promise.all([
      get<Pick<AdminSnapshot, 'keys'> & Partial>('keys'),
      get<Pick<AdminSnapshot, 'sessions'> & Partial>('sessions'),
      get<Pick<AdminSnapshot, 'usage' | 'closes' | 'currency'> & Partial>('usage'),
      get<Pick<AdminSnapshot, 'nodes'> & Partial>('nodes'),
      get<Pick<AdminSnapshot, 'shares'>>('shares').catch(() => ({ shares: [] })),
      get<Pick<AdminSnapshot, 'entries'>>('audit').catch(() => ({ entries: [] })),
    ]);
    const partial = [keys, sessions, usage, nodes].some((list) => list.partial === true);
    snapshot.value = { status, ...keys, ...sessions, ...usage, ...nodes, ...shares, ...audit, partial };
    failure.value = '';
  } catch (error) {
    if (error instanceof SecretRefused) forget();
    failure.value = (error as Error).message;
  }
}

interface Partial {
  partial?: boolean;
}

/** Closes the admin view. */
export function forget(): void {
  secret.value = '';
  snapshot.value = undefined;
}

export async function createKey(name: string, limits: KeyLimits, expires?: string): Promise<NewKey> {
  const body = JSON.stringify({ name, limits, ...(expires ? { expires } : {}) });
  return (await (await request('keys', 'key', { method: 'POST', body })).json()) as NewKey;
}

const change = async (method: string, subject: Subject, path: string, body?: object): Promise<void> => {
  await request(path, subject, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
};

const at = (list: string, id: string): string => `${list}/${encodeURIComponent(id)}`;

export const setLimits = (id: string, limits: KeyLimits): Promise<void> => change('PATCH', 'key', at('keys', id), { limits });
export const revokeKey = (id: string): Promise<void> => change('DELETE', 'key', at('keys', id));
export const endSession = (id: string): Promise<void> => change('DELETE', 'session', at('sessions', id));
export const drainNode = (id: string): Promise<void> => change('POST', 'node', `${at('nodes', id)}/drain`);
export const deleteShare = (id: string): Promise<void> => change('DELETE', 'share', at('shares', id));
