import { expect, test } from 'vitest';
import { changedSettings } from '../src/settings/changed';
import { link, profileOf, summaryOf } from '../src/settings/link';
import { standard } from '../src/settings/profile';
import { numberProblem, problemsOf } from '../src/settings/to-setup';

test('link contains the profile', () => {
  const shared = { ...standard, name: 'Zoë', instruction: 'Be brief.' };
  expect(profileOf(new URL(link(shared, 'http://localhost:8080/#/settings')).hash)).toEqual(shared);
});

test('broken link is recognised, another fragment is none', () => {
  expect(profileOf('#profile=abc')).toBe('broken');
  expect(profileOf(`#profile=${btoa('"text"')}`)).toBe('broken');
  expect(profileOf('#/inspect')).toBeUndefined();
});

test('summary names what changes', () => {
  const lines = summaryOf({
    ...standard,
    name: 'Theirs',
    instruction: 'Be rude.',
    silenceMs: '300',
    typed: [{ declaration: '{}', code: '' }],
  });
  expect(lines).toEqual(['It is named “Theirs”.', 'System instruction: “Be rude.”', 'It changes: Silence that ends a turn.']);
});

test('settings that differ from the defaults are named', () => {
  expect(changedSettings(standard)).toEqual([]);
  expect(changedSettings({ ...standard, modality: 'TEXT', thinking: 'LOW' })).toEqual(['Answers in', 'Thinking']);
});

test('number that is none prevents a session', () => {
  expect(numberProblem('')).toBeUndefined();
  expect(numberProblem('500')).toBeUndefined();
  expect(numberProblem('abc')).toBe('Enter a whole number, or nothing.');
  expect(problemsOf({ ...standard, model: 'm', silenceMs: 'abc' })).toEqual(['Silence that ends a turn: “abc” is not a whole number.']);
});
