import { signal } from '@preact/signals';

/** The status that the admin API returns (docs/keys.md). */
export interface AdminStatus {
  version: string;
  ready: boolean;
  stopping: boolean;
  connections: number;
  sessions: number;
  tokensMinted: number;
  parts: Record<string, string>;
}

export interface KeyLimits {
  maxSessions?: number;
  opensPerMinute?: number;
  minutesPerDay?: number;
  tokensPerDay?: number;
  models?: string[];
}

export interface DayUsage {
  day: string;
  keyId: string;
  sessions: number;
  resumes: number;
  minutes: number;
  promptTokens: number;
  responseTokens: number;
}

export interface AdminKey {
  id: string;
  name: string;
  created: string;
  expires?: string;
  revoked?: string;
  valid: boolean;
  limits: KeyLimits;
  openSessions: number;
  today: DayUsage;
}

export interface AdminSession {
  id: string;
  connectionId: string;
  keyId: string;
  onToken: boolean;
  model: string;
  resumed: boolean;
  since: string;
  until: string;
  messagesReceived: number;
}

export interface DayCloses {
  day: string;
  keyId: string;
  code: number;
  cause: string;
  count: number;
}

export interface AdminSnapshot {
  status: AdminStatus;
  keys: AdminKey[];
  sessions: AdminSession[];
  usage: DayUsage[];
  closes: DayCloses[];
}

/** The admin secret. It is kept in memory only, until the page is closed. */
export const secret = signal('');
export const snapshot = signal<AdminSnapshot | undefined>(undefined);
export const failure = signal('');

class SecretRefused extends Error {}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`./admin/${path}`, {
    ...init,
    cache: 'no-store',
    headers: { authorization: `Bearer ${secret.value}`, ...(init.body ? { 'content-type': 'application/json' } : {}) },
  });
  if (response.status === 204) return undefined as T;
  if (response.status === 401 || response.status === 403) throw new SecretRefused('The server does not accept this admin secret.');
  const body = (await response.json()) as T & { error?: { message: string } };
  if (!response.ok) throw new Error(body.error?.message ?? `The server answered ${response.status}.`);
  return body;
}

/** Reads everything again. */
export async function refresh(): Promise<void> {
  try {
    // Alone first: a wrong secret is refused once.
    const status = await ask<AdminStatus>('status');
    const [{ keys }, { sessions }, { usage, closes }] = await Promise.all([
      ask<{ keys: AdminKey[] }>('keys'),
      ask<{ sessions: AdminSession[] }>('sessions'),
      ask<{ usage: DayUsage[]; closes: DayCloses[] }>('usage'),
    ]);
    snapshot.value = { status, keys, sessions, usage, closes };
    failure.value = '';
  } catch (error) {
    if (error instanceof SecretRefused) {
      secret.value = '';
      snapshot.value = undefined;
    }
    failure.value = error instanceof TypeError ? 'The server does not answer.' : (error as Error).message;
  }
}

export const createKey = (name: string, limits: KeyLimits): Promise<{ secret: string; key: AdminKey }> =>
  ask('keys', { method: 'POST', body: JSON.stringify({ name, limits }) });

export const revokeKey = (id: string): Promise<void> => ask(`keys/${encodeURIComponent(id)}`, { method: 'DELETE' });

export const endSession = (id: string): Promise<void> => ask(`sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** Sums values by name, ordered by name. */
export function sumBy<T>(rows: T[], name: (row: T) => string, value: (row: T) => number): { name: string; value: number }[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(name(row), (sums.get(name(row)) ?? 0) + value(row));
  return [...sums].sort(([a], [b]) => a.localeCompare(b)).map(([one, sum]) => ({ name: one, value: sum }));
}
