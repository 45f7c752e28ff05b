import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainClose } from '../src/protocol/closes';
import { asExample, fold, kindOf } from '../src/protocol/media';

const folder = new URL('../../tests/Parley.TestKit/examples/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.startsWith('client.') || name.startsWith('server.'));
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>;

describe('The inspector', () => {
  test('has examples to read', () => expect(files.length).toBeGreaterThan(60));

  test.each(files)('names %s by what is in it and folds nothing but media', (name) => {
    const message = read(name);
    expect(kindOf(message)).not.toBe('');
    const { json, media } = fold(message, name.startsWith('server.'));
    const restored = JSON.stringify(json).replaceAll(/"‹[^›]*›"/g, () => JSON.stringify((media.shift() as { data: string }).data));
    expect(JSON.parse(restored)).toEqual(message);
  });

  test('audio is described by its duration', () => {
    const { json, media } = fold({ realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: btoa('x'.repeat(640)) } } }, false);
    expect(media).toMatchObject([{ path: 'realtimeInput.audio', bytes: 640, durationMs: 20 }]);
    expect(JSON.stringify(json)).toContain('20 ms');
  });

  test.each([
    [{ serverContent: { turnComplete: true }, usageMetadata: {} }, 'turnComplete + usageMetadata'],
    [
      {
        serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: '' } }] }, outputTranscription: {} },
      },
      'audio + outputTranscription',
    ],
    [{ serverContent: { modelTurn: { parts: [{ text: 'a', thought: true }, { text: 'b' }] } } }, 'thought + text'],
    [{ serverContent: {} }, 'serverContent (empty)'],
    [{ serverContent: {}, voiceActivity: {} }, 'voiceActivity'],
    [{}, '(empty)'],
    ['no object', 'not JSON'],
  ])('kind of %j', (message, kind) => expect(kindOf(message)).toBe(kind));

  test('example is short and valid base64', () => {
    const example = JSON.parse(asExample({ realtimeInput: { audio: { mimeType: 'audio/pcm', data: 'A'.repeat(5000) } } }));
    expect(atob(example.realtimeInput.audio.data).length).toBe(48);
  });
});

describe('A close', () => {
  test.each([
    [1007, 'API key not valid. Please pass a valid API key.', 'no'],
    [1007, 'Invalid session handle', 'fresh'],
    [1008, 'BidiGenerateContent session not found', 'fresh'],
    [1008, 'The operation was aborted', 'resume'],
    [1011, 'You exceeded your current quota, please check your plan', 'wait'],
    [1011, 'Internal error encountered.', 'resume'],
    [1006, '', 'resume'],
    [1001, '', 'resume'],
    [1000, '', 'no'],
    [4000, 'something new', 'resume'],
  ])('%i “%s” advises %s', (code, reason, retry) => {
    const meaning = explainClose(code, reason);
    expect(meaning.retry).toBe(retry);
    expect(meaning.cause).not.toBe('');
  });
});
