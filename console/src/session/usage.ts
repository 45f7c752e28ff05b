import type { AdminKey, AdminSession, DayUsage } from './admin-types';

export type Measure = 'minutes' | 'tokens' | 'sessions' | 'cost';

export const measured = (row: DayUsage, measure: Measure): number => {
  switch (measure) {
    case 'tokens':
      return row.promptTokens + row.responseTokens;
    case 'cost':
      return row.cost ?? 0;
    default:
      return row[measure];
  }
};

/** One bar for each of the last days, the newest last; days without usage are zero. */
export function barsOf(usage: DayUsage[], measure: Measure, days: number, today: string): { day: string; value: number }[] {
  const sums = new Map<string, number>();
  for (const row of usage) sums.set(row.day, (sums.get(row.day) ?? 0) + measured(row, measure));
  const last = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(last - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    return { day, value: sums.get(day) ?? 0 };
  });
}

/** The sum of rows; without a cost if none of them has one. */
export function totalOf(usage: DayUsage[]): DayUsage {
  const total: DayUsage = { day: '', keyId: '', sessions: 0, resumes: 0, minutes: 0, promptTokens: 0, responseTokens: 0 };
  for (const row of usage) {
    total.sessions += row.sessions;
    total.resumes += row.resumes;
    total.minutes += row.minutes;
    total.promptTokens += row.promptTokens;
    total.responseTokens += row.responseTokens;
    if (row.cost !== undefined) total.cost = (total.cost ?? 0) + row.cost;
    if (row.unpricedTokens) total.unpricedTokens = (total.unpricedTokens ?? 0) + row.unpricedTokens;
  }
  return total;
}

/** `$0.42`; small amounts with more digits. */
export function money(amount: number, currency: string): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  const format = { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat('en', format).format(amount);
}

/** The cost of usage; a plus says that there were tokens without a price. */
export const costOf = ({ cost, unpricedTokens }: Pick<DayUsage, 'cost' | 'unpricedTokens'>, currency: string | undefined): string =>
  cost === undefined || !currency ? '—' : `${money(cost, currency)}${unpricedTokens ? ' +' : ''}`;

/** The name of a key, also of one that is not a virtual key. */
export function keyName(keys: AdminKey[], id: string): string {
  const known = keys.find((key) => key.id === id);
  if (known) return known.name;
  if (id === 'development') return 'Development key';
  if (id === 'none') return 'No valid key';
  return id.startsWith('configured-') ? `Configured key ${id.slice('configured-'.length)}` : `Key ${id}`;
}

export type SessionOrder = 'newest' | 'oldest' | 'name' | 'tokens';

/** The sessions whose key, id, model, node or state contains all words, in an order. */
export function findSessions(sessions: AdminSession[], keys: AdminKey[], words: string, order: SessionOrder): AdminSession[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = sessions.filter((session) => {
    const text = [keyName(keys, session.keyId), session.keyId, session.id, session.model, session.nodeName, session.state]
      .join(' ')
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const tokens = (session: AdminSession) => (session.promptTokens ?? 0) + (session.responseTokens ?? 0);
  const since = (session: AdminSession) => Date.parse(session.since);
  switch (order) {
    case 'oldest':
      return found.sort((a, b) => since(a) - since(b));
    case 'name':
      return found.sort((a, b) => keyName(keys, a.keyId).localeCompare(keyName(keys, b.keyId)) || since(b) - since(a));
    case 'tokens':
      return found.sort((a, b) => tokens(b) - tokens(a));
    default:
      return found.sort((a, b) => since(b) - since(a));
  }
}

/** `40 s`, `12 min`, `3 h 5 min`, `2 days` */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}
