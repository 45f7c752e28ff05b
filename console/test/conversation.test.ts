import { describe, expect, test } from 'vitest';
import { phaseOf, type Signs } from '../src/session/phase';
import { PlaybackGate } from '../src/session/playback-gate';
import { spokenLength, type Turn } from '../src/session/turn';
import { luminance } from '../src/ui/colour';
import { plural, seconds } from '../src/ui/format';

const turn = (members: Partial<Turn> = {}): Turn => ({
  id: 1,
  user: 'What is it?',
  interim: '',
  model: '',
  audioMs: 0,
  pieces: [],
  thoughts: '',
  interrupted: false,
  done: false,
  tools: [],
  at: {},
  ...members,
});

describe('Phase', () => {
  const signs = (members: Partial<Signs>): Signs => ({
    state: 'live',
    userSpeaking: false,
    modelAudible: false,
    turn: undefined,
    ...members,
  });

  test.each([
    ['before', signs({ state: 'idle' })],
    ['connecting', signs({ state: 'connecting' })],
    ['listening', signs({})],
    ['hearing', signs({ userSpeaking: true, turn: turn() })],
    ['hearing', signs({ turn: turn({ user: '', interim: 'what is' }) })],
    ['thinking', signs({ turn: turn({ user: '', interim: 'what is it', at: { endOfSpeech: 5 } }) })],
    ['thinking', signs({ turn: turn() })],
    ['thinking', signs({ turn: turn({ tools: [{ id: '', name: 'look', args: {}, from: 1 }] }) })],
    ['speaking', signs({ modelAudible: true, turn: turn({ at: { firstAudio: 1 } }) })],
    ['speaking', signs({ turn: turn({ model: 'It', at: { firstToken: 1 } }) })],
    ['listening', signs({ turn: turn({ done: true, at: { firstAudio: 1 } }) })],
    ['interrupted', signs({ turn: turn({ interrupted: true, at: { firstAudio: 1 } }) })],
    ['hearing', signs({ userSpeaking: true, modelAudible: true, turn: turn({ at: { firstAudio: 1 } }) })],
    ['reconnecting', signs({ state: 'reconnecting', modelAudible: true })],
    ['ended', signs({ state: 'ended' })],
    ['recording', signs({ state: 'replay' })],
  ] as const)('is %s', (expected, given) => expect(phaseOf(given)).toBe(expected));
});

describe('Playback after the user stopped an answer', () => {
  const audio = { serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: 'AAAA' } }] } } };

  test('drops the audio under way until the server acknowledges', () => {
    const gate = new PlaybackGate();
    expect(gate.admits(audio)).toBe(true);
    gate.stop(true);
    expect(gate.admits(audio)).toBe(false);
    expect(gate.admits({ serverContent: { ...audio.serverContent, interrupted: true } })).toBe(true);
    expect(gate.admits(audio)).toBe(true);
  });

  test('drops the rest of an answer that ends without an acknowledgement', () => {
    const gate = new PlaybackGate();
    gate.stop(true);
    expect(gate.admits({ serverContent: { ...audio.serverContent, turnComplete: true } })).toBe(false);
    expect(gate.admits(audio)).toBe(true);
  });

  test('plays the next answer if the stopped one had arrived completely, and after a new connection', () => {
    const gate = new PlaybackGate();
    gate.stop(false);
    expect(gate.admits(audio)).toBe(true);
    gate.stop(true);
    gate.admits({ setupComplete: {} });
    expect(gate.admits(audio)).toBe(true);
  });
});

describe('Words', () => {
  const answer = turn({
    model: 'One two three',
    audioMs: 900,
    pieces: [
      { end: 3, audioMs: 0, n: 1 },
      { end: 7, audioMs: 300, n: 1 },
      { end: 13, audioMs: 600, n: 1 },
    ],
    at: { firstAudio: 990, firstAudible: 1000 },
  });

  test('appear as they are spoken', () => {
    expect(spokenLength(answer, 1000)).toBe(3);
    expect(spokenLength(answer, 1400)).toBe(7);
    expect(spokenLength(answer, 1600)).toBe(13);
  });

  test('that were not heard before an interruption stay unspoken', () => {
    const cut = { ...answer, interrupted: true, at: { ...answer.at, silenceReached: 1350 } };
    expect(spokenLength(cut, 9000)).toBe(7);
  });

  test('count as spoken if nothing is known about playback, and after the end', () => {
    expect(spokenLength({ ...answer, at: { firstAudio: 990 } }, 1000)).toBe(13);
    expect(spokenLength({ ...answer, at: { ...answer.at, silenceReached: 1900 } }, 1900)).toBe(13);
  });
});

describe('Format', () => {
  test('times and counts', () => {
    expect(seconds(549)).toBe('0.55 s');
    expect(plural(1, 'message')).toBe('1 message');
    expect(plural(1200, 'message')).toBe('1,200 messages');
  });

  test('luminance of black, white and green', () => {
    expect([luminance(0, 0, 0), luminance(255, 255, 255)]).toEqual([0, 1]);
    expect(luminance(0, 128, 0)).toBeCloseTo(0.154, 3);
  });
});
