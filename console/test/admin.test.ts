import { describe, expect, test, vi } from 'vitest';
import { wordsFor } from '../src/session/admin';
import type { AdminKey, AdminSession, DayUsage } from '../src/session/admin-types';
import { SessionLog } from '../src/session/log';
import { linkOf, sharedIn } from '../src/session/share-link';
import { age, barsOf, costOf, findSessions, keyName, money, totalOf } from '../src/session/usage';
import { linesOf, take } from '../src/session/watch-lines';
import { draftOf, limitsOf, limitWords } from '../src/views/limit-fields';

const day = (on: string, more: Partial<DayUsage> = {}): DayUsage => ({
  day: on,
  keyId: 'k',
  sessions: 1,
  resumes: 0,
  minutes: 2,
  promptTokens: 10,
  responseTokens: 5,
  ...more,
});

const keys = [{ id: 'k1', name: 'Web site' }] as AdminKey[];

const session = (id: string, more: Partial<AdminSession> = {}): AdminSession => ({
  id,
  connectionId: id,
  nodeId: 'n',
  keyId: 'k1',
  onToken: false,
  model: 'models/gemini-3.8-live',
  resumed: false,
  since: '2026-11-30T08:00:00Z',
  until: '2026-11-30T08:10:00Z',
  ...more,
});

describe('usage', () => {
  test('days without usage are zero, and days before the first one are left out', () => {
    const bars = barsOf(
      [day('2026-11-30'), day('2026-11-28', { keyId: 'other' }), day('2026-11-28'), day('2026-11-01')],
      'minutes',
      3,
      '2026-11-30',
    );

    expect(bars).toEqual([
      { day: '2026-11-28', value: 4 },
      { day: '2026-11-29', value: 0 },
      { day: '2026-11-30', value: 2 },
    ]);
  });

  test('a sum has a cost only if a part of it has one', () => {
    expect(totalOf([day('a'), day('b')]).cost).toBeUndefined();
    expect(totalOf([day('a', { cost: 0.5 }), day('b', { unpricedTokens: 15 })])).toMatchObject({
      sessions: 2,
      cost: 0.5,
      unpricedTokens: 15,
    });
  });

  test('an unknown cost is a dash, and one that is not whole has a plus', () => {
    expect(costOf({}, 'USD')).toBe('—');
    expect(costOf({ cost: 0 }, 'USD')).toBe('$0.00');
    expect(costOf({ cost: 1.5, unpricedTokens: 3 }, 'EUR')).toBe('€1.50 +');
    expect(costOf({ cost: 1.5 }, undefined)).toBe('—');
    expect(money(0.00054, 'USD')).toBe('$0.0005');
  });

  test('keys have names also if they are not virtual keys', () => {
    expect(['k1', 'development', 'configured-5f3a91c0', 'none', 'x'].map((id) => keyName(keys, id))).toEqual([
      'Web site',
      'Development key',
      'Configured key 5f3a91c0',
      'No valid key',
      'Key x',
    ]);
  });

  test('ages are short', () => {
    expect([4_000, 59_999, 60_000, 3_900_000, 172_800_000, -5].map(age)).toEqual(['4 s', '59 s', '1 min', '1 h 5 min', '2 days', '0 s']);
  });
});

describe('sessions', () => {
  const all = [
    session('aa', { since: '2026-11-30T08:02:00Z', promptTokens: 5 }),
    session('bb', { keyId: 'development', state: 'speaking', since: '2026-11-30T08:01:00Z', promptTokens: 50 }),
    session('cc', { model: 'models/other', nodeName: 'parley-1' }),
  ];
  const ids = (words: string, order: Parameters<typeof findSessions>[3] = 'newest') =>
    findSessions(all, keys, words, order).map(({ id }) => id);

  test('are found by key, id, model, node and state', () => {
    expect(ids('web site')).toEqual(['aa', 'cc']);
    expect(ids('WEB other')).toEqual(['cc']);
    expect(ids('speaking')).toEqual(['bb']);
    expect(ids('parley-1')).toEqual(['cc']);
    expect(ids('bb')).toEqual(['bb']);
    expect(ids('nobody')).toEqual([]);
  });

  test('are sorted', () => {
    expect(ids('')).toEqual(['aa', 'bb', 'cc']);
    expect(ids('', 'oldest')).toEqual(['cc', 'bb', 'aa']);
    expect(ids('', 'name')).toEqual(['bb', 'aa', 'cc']);
    expect(ids('', 'tokens')).toEqual(['bb', 'aa', 'cc']);
  });
});

describe('limits', () => {
  test('are whole numbers above zero, or none', () => {
    expect(limitsOf({ ...draftOf({}), maxSessions: ' 3 ', models: 'models/a, b' })).toEqual({ maxSessions: 3, models: ['a', 'b'] });
    for (const wrong of ['0', '-1', '1.5', 'many', '1e3']) expect(limitsOf({ ...draftOf({}), minutesPerDay: wrong })).toBeUndefined();
  });

  test('survive a form that changes nothing', () => {
    const limits = { maxSessions: 1, opensPerMinute: 2, minutesPerDay: 3, tokensPerDay: 4_000_000, models: ['a', 'b*'] };
    expect(limitsOf(draftOf(limits))).toEqual(limits);
    expect(limitWords(limits)).toBe('1 session at once, 2 connections per minute, 3 min per day, 4,000,000 tokens per day, only a, b*');
    expect(limitWords({})).toBe('none');
  });
});

test('errors of the admin API are sentences for a person', () => {
  expect(wordsFor(404, 'session', "Session 'x' not found.")).toBe('This session is over already.');
  expect(wordsFor(503, 'key', 'database')).toContain('Try again shortly');
  expect(wordsFor(403, 'session', '')).toContain('Live:Admin:AllowWatching');
  expect(wordsFor(409, 'session', "Session 'x' is on node 'two'.")).toBe("Session 'x' is on node 'two'.");
  expect(wordsFor(500, 'list', '')).toContain('500');
});

describe('watching', () => {
  test('lines are whole, however the stream is cut', async () => {
    const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":2}\nrest');
    const cuts = [0, 6, 7, 9, 11, 19, bytes.length];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const [index, cut] of cuts.slice(1).entries()) controller.enqueue(bytes.slice(cuts[index], cut));
        controller.close();
      },
    });
    const lines: string[] = [];
    for await (const line of linesOf(body)) lines.push(line);

    expect(lines).toEqual(['{"a":"é"}', '{"b":2}']);
  });

  test('messages of both sides reach the log with their times, audio the voices, and closes are marks', () => {
    const played: string[] = [];
    const voice = (name: string) =>
      ({ play: (bytes: Uint8Array) => played.push(`${name} ${bytes.length}`), clear: () => played.push(`${name} cleared`) }) as never;
    const voices = { user: voice('user'), model: voice('model') };
    const log = new SessionLog(() => {});
    const pcm = btoa('1234');
    const part = { inlineData: { mimeType: 'audio/pcm;rate=24000', data: pcm } };
    const lines = [
      { t: 1.5, dir: 'in', json: { realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: pcm } } } },
      { t: 2, dir: 'out', json: { serverContent: { modelTurn: { parts: [part] } } } },
      { t: 3, dir: 'out', json: { serverContent: { interrupted: true } } },
      { t: 3.5, dir: 'in', unreadable: 7 },
      { t: 4, dir: 'local', mark: 'closed', code: 1008, reason: 'gone' },
      { t: 5, dir: 'local', mark: 'connected' },
    ] as const;
    for (const line of lines) take(line as never, JSON.stringify(line), log, voices);

    expect(log.entries.map(({ dir, kind }) => `${dir} ${kind}`)).toEqual([
      'in audio',
      'out audio',
      'out interrupted',
      'local closed',
      'local connected',
    ]);
    expect(log.entries.slice(0, 3).map(({ t }) => t)).toEqual([1_500, 2_000, 3_000]);
    expect(log.entries[3]).toMatchObject({ code: 1008, reason: 'gone' });
    expect(played).toEqual(['user 4', 'model 4', 'model cleared']);
  });
});

test('the address of a shared session has its id', () => {
  expect(sharedIn('#/shared/abc-D_9')).toBe('abc-D_9');
  for (const other of ['#/shared/', '#/shared/a/b', '#/inspect', '#/shared/..%2F']) expect(sharedIn(other)).toBeUndefined();
  vi.stubGlobal('location', { origin: 'http://localhost:8080', pathname: '/' });
  expect(linkOf({ id: 'abc', secret: 's', expires: '' })).toBe('http://localhost:8080/#/shared/abc');
});
