import { describe, expect, test, vi } from 'vitest';
import { complete, standard } from '../src/settings/profile';
import { problemsOf, toSetup } from '../src/settings/to-setup';
import { checkDeclaration } from '../src/tools/declaration-check';
import { builtInFunctions } from '../src/tools/functions';
import { ToolRunner } from '../src/tools/runner';

const page = { colour: vi.fn(), chart: vi.fn() };

describe('The setup of a profile', () => {
  test('contains only what was set', () => {
    const setup = toSetup({
      ...standard,
      model: 'm',
      ready: [],
      resumption: false,
      compression: false,
      activityEvents: false,
      instruction: ' ',
    });
    expect(setup).toEqual({
      model: 'models/m',
      generationConfig: { responseModalities: ['AUDIO'] },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    });
  });

  test('contains everything that was set', () => {
    const setup = toSetup({
      ...standard,
      model: 'models/m',
      voice: 'Kore',
      language: 'de-DE',
      startSensitivity: 'LOW',
      silenceMs: '500',
      interruptions: false,
      triggerTokens: '9000',
      thinking: 'LOW',
      mediaResolution: 'HIGH',
      extra: '{"labels":{"a":"b"}}',
    });
    expect(setup).toMatchObject({
      generationConfig: {
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } }, languageCode: 'de-DE' },
        thinkingConfig: { thinkingLevel: 'LOW' },
        mediaResolution: 'MEDIA_RESOLUTION_HIGH',
      },
      realtimeInputConfig: {
        automaticActivityDetection: { startOfSpeechSensitivity: 'START_SENSITIVITY_LOW', silenceDurationMs: 500 },
        activityHandling: 'NO_INTERRUPTION',
      },
      contextWindowCompression: { slidingWindow: {}, triggerTokens: '9000' },
      labels: { a: 'b' },
      explicitVadSignal: true,
    });
  });

  test('push-to-talk disables automatic detection', () => {
    expect(toSetup({ ...standard, model: 'm', activity: 'manual' }).realtimeInputConfig).toEqual({
      automaticActivityDetection: { disabled: true },
    });
  });

  test('incomplete profile is completed', () => {
    expect(complete({ model: 'x', voice: 7, evil: true, ready: 'no', typed: [{ declaration: 1 }, null] })).toEqual({
      ...standard,
      model: 'x',
    });
    expect(complete(null)).toEqual(standard);
  });

  test('errors are reported before the session starts', () => {
    const problems = problemsOf({ ...standard, extra: '[', typed: [{ declaration: '{"name":"9"}', code: '' }] });
    expect(problems.join('\n')).toMatch(/Choose a model.*\n.*name: must have 1 to 64 letters.*\n.*extra fields/s);
  });
});

describe('A declaration', () => {
  test('built-in declarations are valid', () => {
    for (const { declaration } of builtInFunctions) expect(checkDeclaration(declaration)).toEqual([]);
  });

  test.each([
    ['text', /JSON object/],
    [{ name: 'a b' }, /name/],
    [{ name: 'a', strict: true }, /strict/],
    [{ name: 'a', parameters: { type: 'string' } }, /must be "object"/],
    [{ name: 'a', parameters: { type: 'object', properties: { x: { type: 'text' } } } }, /properties\.x\.type/],
    [{ name: 'a', parameters: { type: 'object', additionalProperties: false } }, /additionalProperties/],
    [{ name: 'a', parameters: { type: 'object', required: ['y'] } }, /no property y/],
    [{ name: 'a', parameters: { type: 'object', properties: { x: { type: 'array' } } } }, /items/],
  ])('%j is refused with its path', (declaration, problem) => {
    expect(checkDeclaration(declaration).join('\n')).toMatch(problem);
  });
});

describe('The runner', () => {
  const run = () => {
    const answers: object[][] = [];
    const functions = [
      { declaration: { name: 'add' }, run: ({ a, b }: Record<string, unknown>) => ({ sum: Number(a) + Number(b) }) },
      { declaration: { name: 'fail' }, run: () => Promise.reject(new Error('no luck')) },
      { declaration: { name: 'say' }, run: () => 'hello' },
    ];
    return { answers, runner: new ToolRunner(functions, page, (responses) => answers.push(responses)) };
  };

  test('answers all calls of a message in one message, also failed ones', async () => {
    const { answers, runner } = run();
    await runner.call([
      { id: '1', name: 'add', args: { a: 2, b: 3 } },
      { id: '2', name: 'fail' },
      { id: '3', name: 'nothing' },
      { id: '4', name: 'say' },
    ]);
    expect(answers).toEqual([
      [
        { id: '1', name: 'add', response: { sum: 5 } },
        { id: '2', name: 'fail', response: { error: 'no luck' } },
        { id: '3', name: 'nothing', response: { error: 'This page has no function named nothing.' } },
        { id: '4', name: 'say', response: { output: 'hello' } },
      ],
    ]);
    expect(runner.open).toBe(0);
  });

  test('runs a repeated call once and does not answer a cancelled call', async () => {
    const { answers, runner } = run();
    await runner.call([{ id: '1', name: 'say' }]);
    await runner.call([{ id: '1', name: 'say' }]);
    const pending = runner.call([{ id: '2', name: 'say' }]);
    runner.cancel(['2']);
    await pending;
    expect(answers).toHaveLength(1);
  });
});
