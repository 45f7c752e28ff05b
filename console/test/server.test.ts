import { expect, test } from 'vitest';
import { type About, commandsOf, enginesOf } from '../src/session/server';

const about = (engines?: string | null): About => ({ version: '1', models: [], voices: [], login: false, admin: false, engines });

test('the header has the engines without the advice about better ones', () => {
  expect(enginesOf(about('Built-in assistant · PocketSphinx · flite. Better: parley models get whisper-base.en'))).toBe(
    'Built-in assistant · PocketSphinx · flite',
  );
  expect(enginesOf(about('Qwen2.5 1.5B · Whisper base.en · Piper lessac'))).toBe('Qwen2.5 1.5B · Whisper base.en · Piper lessac');
});

test('a server that does not say its engines shows none', () => {
  expect(enginesOf(undefined)).toBe('');
  expect(enginesOf(about())).toBe('');
  expect(enginesOf(about(null))).toBe('');
});

test('advice about better engines is a list of commands', () => {
  expect(commandsOf(about('A · B · C. Better: parley models get whisper-base.en, and parley serve --llm qwen'))).toEqual([
    'parley models get whisper-base.en',
    'parley serve --llm qwen',
  ]);
  expect(commandsOf(about('A · B · C'))).toEqual([]);
});
