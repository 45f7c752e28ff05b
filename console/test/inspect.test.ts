import { describe, expect, test } from 'vitest';
import { toBase64 } from '../src/audio/pcm';
import { sentence } from '../src/protocol/closes';
import { previewOf } from '../src/protocol/preview';
import { AudioIndex } from '../src/session/audio-index';
import type { Entry } from '../src/session/log';
import { percentile, phasesOf } from '../src/session/statistics';
import type { Turn } from '../src/session/turn';

const pcm = (ms: number, rate: number, value: number) => {
  const samples = new Int16Array((ms * rate) / 1000).fill(value);
  return { mimeType: `audio/pcm;rate=${rate}`, data: toBase64(new Uint8Array(samples.buffer)) };
};
const entry = (n: number, t: number, members: Partial<Entry>): Entry => ({
  n,
  t,
  dir: 'local',
  kind: '',
  bytes: 0,
  message: undefined,
  ...members,
});
const spoken = (n: number, t: number) => entry(n, t, { dir: 'in', message: { realtimeInput: { audio: pcm(20, 16_000, 8_000) } } });
const answered = (n: number, t: number, ms = 100) =>
  entry(n, t, { dir: 'out', message: { serverContent: { modelTurn: { parts: [{ inlineData: pcm(ms, 24_000, 16_384) }] } } } });

describe('The audio of a session', () => {
  test('both voices are on one clock; an answer that arrives early queues up', () => {
    const index = new AudioIndex();
    index.update([spoken(1, 1020), answered(2, 1500), answered(3, 1501)]);
    expect(index.user.clips).toMatchObject([{ at: 1000, ms: 20 }]);
    expect(index.model.clips).toMatchObject([
      { at: 1500, ms: 100 },
      { at: 1600, ms: 100 },
    ]);
    expect(index.model.clips[0]?.peaks).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  test('audio of the microphone that was sent late lies before the moment of sending', () => {
    const index = new AudioIndex();
    index.update([spoken(1, 1000), spoken(2, 1100), spoken(3, 1100), spoken(4, 1100), spoken(5, 1120)]);
    expect(index.user.clips.map(({ at }) => at)).toEqual([980, 1040, 1060, 1080, 1100]);
  });

  test('audio that was cleared by an interruption is not heard', () => {
    const index = new AudioIndex();
    index.update([answered(1, 1000, 400), answered(2, 1001, 400), entry(3, 1200, { mark: 'silent' }), answered(4, 1300)]);
    expect(index.model.clips.map(({ at, ms }) => [at, ms])).toEqual([
      [1000, 200],
      [1300, 100],
    ]);
  });

  test('grows with the log, also after old messages were dropped', () => {
    const index = new AudioIndex();
    index.update([answered(1, 0), answered(2, 1)]);
    index.update([answered(2, 1), answered(3, 500)]);
    expect(index.model.clips.map(({ at }) => at)).toEqual([0, 100, 500]);
  });
});

describe('Statistics', () => {
  const turn = (at: Turn['at']): Turn => ({
    id: 1,
    user: '',
    interim: '',
    model: '',
    audioMs: 0,
    pieces: [],
    thoughts: '',
    interrupted: false,
    done: true,
    tools: [],
    at,
  });

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
