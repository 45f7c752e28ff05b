import { describe, expect, test } from 'vitest';
import { sentence } from '../src/protocol/closes';
import { previewOf } from '../src/protocol/preview';
import { percentile, phasesOf } from '../src/session/statistics';
import { newTurn, type Turn } from '../src/session/turn';

describe('Statistics', () => {
  const turn = (at: Turn['at']): Turn => ({ ...newTurn(1), done: true, at });

  test('percentiles', () => {
    expect([0.5, 0.95].map((share) => percentile([5, 1, 4, 2, 3], share))).toEqual([3, 5]);
    expect(percentile([], 0.5)).toBe(0);
  });

  test('parts of the time to answer, typed and spoken', () => {
    const phases = phasesOf([
      turn({ speechStarted: 0, endOfSpeech: 100, endDecided: 600, firstToken: 700, firstAudio: 690, firstAudible: 700 }),
      turn({ endOfSpeech: 0, endDecided: 0, firstAudio: 50, firstAudible: 60 }),
    ]);
    expect(phases.map(({ label, median, p95, count }) => [label, median, p95, count])).toEqual([
      ['End of turn detected', 500, 500, 1],
      ['First token or audio', 50, 90, 2],
      ['First sound', 10, 10, 2],
      ['Time to answer', 60, 600, 2],
    ]);
  });
});

describe('The preview of a message', () => {
  test.each([
    [{ serverContent: { outputTranscription: { text: ' It is ' } } }, '“It is”'],
    [{ serverContent: { interimInputTranscription: { text: 'what' } } }, '“what”'],
    [{ realtimeInput: { text: 'Hello' } }, '“Hello”'],
    [{ toolCall: { functionCalls: [{ name: 'roll_dice', args: { count: 2 } }] } }, 'roll_dice({"count":2})'],
    [{ toolResponse: { functionResponses: [{ name: 'roll_dice', response: { total: 5 } }] } }, 'roll_dice → {"total":5}'],
    [{ setup: { model: 'models/m' } }, 'models/m'],
    [{ goAway: { timeLeft: '50s' } }, 'timeLeft: 50s'],
    [{ serverContent: { turnComplete: true }, usageMetadata: { totalTokenCount: 91 } }, '91 tokens'],
    [{ serverContent: { generationComplete: true } }, ''],
    [{ sessionResumptionUpdate: { newHandle: 'abc', resumable: true } }, 'newHandle: abc, resumable: true'],
    [{ serverContent: {}, voiceActivity: { type: 'ACTIVITY_START' } }, 'type: ACTIVITY_START'],
    [{ setupComplete: {} }, ''],
    ['no object', 'no object'],
  ])('%j', (message, preview) => expect(previewOf(message)).toBe(preview));
});

test('text of a close ends with one full stop', () => {
  expect(sentence('API key not valid.')).toBe('“API key not valid.”');
  expect(sentence('aborted')).toBe('“aborted.”');
});
