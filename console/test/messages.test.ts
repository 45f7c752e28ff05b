import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FilteredLog, groupsOf, indexAt, noFilter } from '../src/session/message-filter';
import { addressOf, messageId, readRoute, turnId, view } from '../src/ui/route';
import { Script } from './session-script';

const { entries } = new Script()
  .in(0, { setup: { model: 'models/m' } })
  .out(10, { setupComplete: {} })
  .typed(100, 'What is ONE?')
  .said(200, 'One is a number.')
  .out(300, { serverContent: { turnComplete: true }, usageMetadata: { totalTokenCount: 7 } })
  .typed(400, 'And two?')
  .out(500, { novelty: {} })
  .local(600, 'closed');

const shown = (filter: Partial<typeof noFilter>) => new FilteredLog().update(entries, { ...noFilter, ...filter }).map(({ n }) => n);

describe('Filters', () => {
  test.each([
    ['nothing but audio is hidden at first', {}, [1, 2, 3, 5, 6, 7, 8, 9]],
    ['sent', { direction: 'in' }, [1, 3, 7]],
    ['by kind', { groups: new Set(['functions', 'usage'] as const) }, [6]],
    ['several kinds', { groups: new Set(['audio', 'text'] as const) }, [3, 4, 7]],
    ['kinds that are not known', { groups: new Set(['others'] as const) }, [8]],
    ['by content, in any case', { text: 'one i' }, [5]],
    ['of one turn', { turn: 1 }, [3, 5, 6]],
    ['several at once', { direction: 'in', text: 'two' }, [7]],
  ] as const)('%s', (_, filter, expected) => expect(shown(filter as Partial<typeof noFilter>)).toEqual(expected));

  test('a message belongs to the groups of all its parts', () => {
    expect(groupsOf({ dir: 'out', kind: 'audio + outputTranscription' })).toEqual(['audio', 'transcripts']);
    expect(groupsOf({ dir: 'local', kind: 'closed' })).toEqual(['page events']);
  });

  test('grow with the log, read each message once, and forget dropped ones', () => {
    const log = new FilteredLog();
    const filter = { ...noFilter };
    const first = log.update(entries.slice(0, 5), filter);
    expect(log.update(entries, filter)).toBe(first);
    expect(first.map(({ n }) => n)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(log.counts.get('session')).toBe(2);
    expect(log.update(entries.slice(4), filter).map(({ n }) => n)).toEqual([5, 6, 7, 8, 9]);
    expect(log.update(entries.slice(4), { ...noFilter, direction: 'in' }).map(({ n }) => n)).toEqual([7]);
  });

  test('the place of a message is found by halving', () => {
    expect([0, 3, 9, 10].map((t) => indexAt([1, 3, 5, 9], (one) => one >= t))).toEqual([0, 1, 3, 4]);
  });
});

describe('The address', () => {
  beforeEach(() => vi.stubGlobal('document', { title: '' }));

  test.each([
    ['#/inspect/turn/3/message/120', 'inspect', 3, 120, 'Turn 3 · Message 120 · Inspect · Parley'],
    ['#/inspect/message/7', 'inspect', undefined, 7, 'Message 7 · Inspect · Parley'],
    ['#/inspect/turn/3', 'inspect', 3, undefined, 'Turn 3 · Inspect · Parley'],
    ['#/settings', 'settings', undefined, undefined, 'Settings · Parley'],
    ['', 'talk', undefined, undefined, 'Parley'],
  ] as const)('%s', (hash, name, turn, message, title) => {
    readRoute(hash);
    expect([view.value, turnId.value, messageId.value, document.title]).toEqual([name, turn, message, title]);
    if (hash) expect(addressOf(name, { turn, message })).toBe(hash);
  });

  test('that names no view changes nothing', () => {
    readRoute('#/inspect/turn/3');
    readRoute('#profile=abc');
    expect([view.value, turnId.value]).toEqual(['inspect', 3]);
  });
});
