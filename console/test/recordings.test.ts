import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type GivenFile, open } from '../src/recordings/open';
import { toLines } from '../src/session/archive';
import type { Entry } from '../src/session/log';
import { read } from '../src/session/reading';

const corpus = new URL('../../tests/Parley.Testing.Tests/Cassettes/Corpus/', import.meta.url);

const file = (path: string, text: string): GivenFile => ({ path, bytes: async () => new TextEncoder().encode(text) });
const lines = (...all: object[]) => all.map((one) => JSON.stringify(one)).join('\n');

function folder(root: URL, path: string): GivenFile[] {
  return readdirSync(new URL(path, root)).flatMap((name) =>
    statSync(new URL(path + name, root)).isDirectory()
      ? folder(root, `${path}${name}/`)
      : [{ path: path + name, bytes: async () => new Uint8Array(readFileSync(new URL(path + name, root))) }],
  );
}

const setup = (handle?: string) => ({ setup: { model: 'models/m', sessionResumption: handle ? { handle } : {} } });
const kinds = (entries: Entry[] | undefined) => entries?.map(({ kind }) => kind);

describe('A cassette', () => {
  test.each(readdirSync(corpus))('%s is read with its audio', async (name) => {
    const [session, ...more] = await open(folder(corpus, `${name}/`));
    expect(more).toEqual([]);
    expect(session).toMatchObject({ name, incomplete: false });
    const audio = session?.entries.filter(({ kind }) => kind.includes('audio')) ?? [];
    const { turns, audio: index } = read(session?.entries ?? []);
    expect(index.user.clips.length + index.model.clips.length).toBe(audio.filter(({ kind }) => kind !== 'audioStreamEnd').length);
    expect(JSON.stringify(session?.entries)).not.toMatch(/\$audio:/);
    expect(turns.every(({ id }, place) => id === place + 1)).toBe(true);
  });

  test('connections of one session are on one clock, and its resumption is seen', async () => {
    const [session] = await open(folder(corpus, 'go-away-and-resume.cassette/'));
    const setups = session?.entries.filter(({ kind }) => kind === 'setup') ?? [];
    expect(setups.map(({ message }) => (message as ReturnType<typeof setup>).setup.sessionResumption.handle)).toEqual([
      undefined,
      '$handle2',
    ]);
    expect(kinds(session?.entries)).toContain('goAway');
  });

  test('without its audio it is shown, and says that something is missing', async () => {
    const all = folder(corpus, 'go-away-and-resume.cassette/').filter(({ path }) => path.endsWith('.jsonl'));
    const [session] = await open(all);
    expect(session?.incomplete).toBe(true);
    expect(read(session?.entries ?? []).turns.length).toBeGreaterThan(1);
  });

  test('of another version is refused', async () => {
    await expect(open([file('a/messages.jsonl', '{"cassette":2}')])).rejects.toThrow(
      'The cassette has version 2; this page reads version 1.',
    );
  });

  test('texts that look like symbols are unescaped', async () => {
    const messages = lines({ cassette: 1 }, { c: 1, t: 0, dir: 'in', op: 'text', json: { realtimeInput: { text: '$$call1' } } });
    const [session] = await open([file('a/messages.jsonl', messages)]);
    expect(session?.entries[0]?.message).toEqual({ realtimeInput: { text: '$call1' } });
  });
});

describe('A recording of parley serve', () => {
  const first = lines(
    { at: '2026-01-31T10:00:00.000Z', t: 0, dir: 'in', op: 'text', json: setup() },
    { t: 1, dir: 'out', op: 'binary', json: { sessionResumptionUpdate: { newHandle: 'h1', resumable: true } } },
    { t: 2, dir: 'out', op: 'close', bytes: 'A/NJbnRlcm5hbA==' },
  );
  const second = lines({ at: '2026-01-31T10:00:05.000Z', t: 0.5, dir: 'in', op: 'text', json: setup('h1') });
  const other = lines({ at: '2026-01-31T10:00:03.000Z', t: 0, dir: 'in', op: 'text', json: setup() });

  test('puts the connections of a session together by their handles', async () => {
    const sessions = await open([file('calls/b.jsonl', second), file('calls/a.jsonl', first)]);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.entries).toMatchObject([
      { n: 1, t: 0, kind: 'setup' },
      { n: 2, t: 1000 },
      { n: 3, t: 2000, mark: 'closed', code: 1011, reason: 'Internal' },
      { n: 4, t: 5500, kind: 'setup' },
    ]);
  });

  test('keeps the sessions of a folder apart', async () => {
    const sessions = await open([file('calls/a.jsonl', first), file('calls/b.jsonl', second), file('calls/c.jsonl', other)]);
    expect(sessions.map(({ name, entries }) => [name, entries.length])).toEqual([
      ['calls, session 1', 4],
      ['calls, session 2', 1],
    ]);
  });

  test('a close without a code is 1005', async () => {
    const [session] = await open([file('a.jsonl', lines({ t: 0, dir: 'out', op: 'close', bytes: '' }))]);
    expect(session?.entries[0]).toMatchObject({ mark: 'closed', code: 1005 });
  });
});

describe('An export', () => {
  test('of the page is read again, with its events', async () => {
    const text = lines(
      { t: 0, dir: 'local', mark: 'connecting' },
      { t: 0.1, dir: 'local', mark: 'queued', text: 'Hello' },
      { t: 0.2, dir: 'in', op: 'text', json: { realtimeInput: { text: 'Hello' } } },
      { t: 0.3, dir: 'local', mark: 'closed', code: 1006, reason: 'gone' },
    );
    const [session] = await open([file('messages.jsonl', text)]);
    expect(session?.entries).toMatchObject([{ mark: 'connecting' }, { text: 'Hello' }, { kind: 'text' }, { code: 1006, reason: 'gone' }]);
    expect(
      toLines(session?.entries ?? [])
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject(text.split('\n').map((line) => JSON.parse(line)));
  });
});

test.each([
  [[file('x.jsonl', 'not json')], 'x.jsonl: Line 1 is not JSON.'],
  [[file('x.jsonl', 'null')], 'The file contains no messages.'],
  [[file('x.jsonl', '{"a":1}')], 'The file contains no messages.'],
  [[file('a/readme.md', ''), file('a/b.wav', '')], 'There is no .jsonl file.'],
])('%# is refused with a message', async (files, message) => {
  await expect(open(files)).rejects.toThrow(message);
});
