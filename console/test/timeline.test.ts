import { describe, expect, test, vi } from 'vitest';
import { toBase64 } from '../src/audio/pcm';
import { Feed } from '../src/session/feed';
import { type Entry, SessionLog } from '../src/session/log';
import { TurnReader } from '../src/session/turns';
import { AudioIndex } from '../src/timeline/audio-index';
import { heardAt } from '../src/timeline/heard';
import { EventMarks, marksIn } from '../src/timeline/marks';
import { Peaks } from '../src/timeline/peaks';
import { inside, panned, showing, ticksOf, zoomed } from '../src/timeline/viewport';

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
const spoken = (n: number, t: number) => entry(n, t, { dir: 'in', message: { realtimeInput: { audio: pcm(20, 16_000, 8_192) } } });
const answered = (n: number, t: number, ms = 100) =>
  entry(n, t, { dir: 'out', message: { serverContent: { modelTurn: { parts: [{ inlineData: pcm(ms, 24_000, 16_384) }] } } } });
const said = (n: number, t: number, text: string) =>
  entry(n, t, { dir: 'out', message: { serverContent: { outputTranscription: { text } } } });
const places = (clips: { at: number; ms: number }[]) => clips.map(({ at, ms }) => [at, ms]);

describe('The audio of a session', () => {
  test('both voices are on one clock; an answer that arrives early queues up', () => {
    const { user, model, end } = updated([spoken(1, 1020), answered(2, 1500), answered(3, 1501)]);
    expect(places(user.clips)).toEqual([[1000, 20]]);
    expect(places(model.clips)).toEqual([
      [1500, 100],
      [1600, 100],
    ]);
    expect([...model.peaks.columns(1480, 1720, 12)]).toEqual([0, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0]);
    expect(end).toBe(1700);
  });

  test('audio of the microphone that was sent late lies before the moment of sending', () => {
    const { user } = updated([spoken(1, 1000), spoken(2, 1100), spoken(3, 1100), spoken(4, 1100), spoken(5, 1120)]);
    expect(user.clips.map(({ at }) => at)).toEqual([980, 1040, 1060, 1080, 1100]);
    expect([...user.peaks.columns(960, 1120, 8)]).toEqual([0, 64, 0, 0, 64, 64, 64, 64]);
  });

  test('audio that was cleared by an interruption is not heard and not drawn', () => {
    const { model } = updated([answered(1, 1000, 400), answered(2, 1001, 400), entry(3, 1200, { mark: 'silent' }), answered(4, 1300)]);
    expect(places(model.clips)).toEqual([
      [1000, 200],
      [1300, 100],
    ]);
    expect([...model.peaks.columns(1100, 1500, 4)]).toEqual([128, 0, 128, 0]);
  });

  test('the waveform stays after old messages were dropped, their audio does not', () => {
    const index = updated([answered(1, 0), answered(2, 1)]);
    index.update([answered(2, 1), answered(3, 500)]);
    expect(index.model.clips.map(({ n, at }) => [n, at])).toEqual([
      [2, 100],
      [3, 500],
    ]);
    expect([...index.model.peaks.columns(0, 600, 6)]).toEqual([128, 128, 0, 0, 0, 128]);
  });

  test('audio that is not base64 is silent', () => {
    const { user } = updated([entry(1, 10, { dir: 'in', message: { realtimeInput: { audio: { mimeType: 'audio/pcm', data: '%%%' } } } })]);
    expect(places(user.clips)).toEqual([[10, 0]]);
  });

  test('the clip of a moment is found', () => {
    const { model } = updated([answered(7, 1000), answered(8, 2000)]);
    expect([999, 1000, 1099, 1100, 2050].map((t) => model.at(t)?.n)).toEqual([undefined, 7, 7, undefined, 8]);
  });

  function updated(entries: Entry[]): AudioIndex {
    const index = new AudioIndex();
    index.update(entries);
    return index;
  }
});

describe('A session of two hours', () => {
  const seconds = 2 * 60 * 60;

  test('costs a constant number of bytes per second, and drawing costs the same at any zoom', () => {
    const peaks = new Peaks();
    const second = new Uint8Array(50).fill(90);
    for (let at = 0; at < seconds; at++) peaks.write(at * 1000, second);
    // One byte for each 20 ms, a seventh more for the coarser levels, and half as much again in reserve.
    expect(peaks.bytes).toBeLessThan(seconds * 50 * 1.15 * 1.5 + 1_000);
    for (const wide of [200, 60_000, seconds * 1000]) expect(new Set(peaks.columns(0, wide, 400))).toEqual(new Set([90]));
    expect([...peaks.columns(-1000, 0, 2), ...peaks.columns(seconds * 1000, seconds * 1000 + 5_000, 2)]).toEqual([0, 0, 0, 0]);
  });

  test('keeps its waveform while the log drops messages, and holds no audio of dropped messages', () => {
    const index = new AudioIndex();
    let time = 0;
    const feed = { entries: 0, clips: 0 };
    const log = new SessionLog(
      () => {},
      () => time,
      (entries) => index.update(entries),
    );
    const message = { realtimeInput: { audio: pcm(20, 16_000, 8_192) } };
    // As large as a second of audio each, so that the test is quick.
    const raw = 'x'.repeat(43_000);
    for (let at = 1; at <= seconds; at++) {
      time = at * 1000;
      log.message('in', raw, message);
      if (at % 60 === 0) index.update(log.entries);
      feed.clips = Math.max(feed.clips, index.user.clips.length);
      feed.entries = Math.max(feed.entries, log.entries.length);
    }
    expect(log.dropped).toBeGreaterThan(seconds / 2);
    // One more, because the newest message is read before the oldest ones are dropped.
    expect(feed.clips).toBeLessThanOrEqual(feed.entries + 1);
    expect(index.user.clips[0]?.n).toBe(log.entries[0]?.n);
    expect(Math.min(...index.user.peaks.columns(0, seconds * 1000, 720))).toBe(64);
  });

  test('late audio moves five seconds at most, so that a fast clock of the microphone costs the same for ever', () => {
    const index = new AudioIndex();
    // 50 messages of 20 ms in each 999 ms.
    const entries = Array.from({ length: 5_000 }, (_, n) => spoken(n + 1, 1000 + n * 19.98));
    index.update(entries);
    expect(index.user.clips[0]?.at).toBeGreaterThan(970);
    expect(index.user.clips.filter(({ peaks }) => peaks).length).toBeLessThan(260);
  });
});

describe('The view of the timeline', () => {
  test('zooms around a moment, which keeps its place', () => {
    expect(zoomed({ from: 0, to: 10_000 }, 0.5, 2_500, 10_000)).toEqual({ from: 1_250, to: 6_250 });
    expect(zoomed({ from: 1_250, to: 6_250 }, 4, 2_500, 10_000)).toEqual({ from: 0, to: 10_000 });
    expect(zoomed({ from: 0, to: 250 }, 0.1, 0, 10_000)).toEqual({ from: 0, to: 200 });
  });

  test('stays inside the session', () => {
    expect(panned({ from: 8_000, to: 9_000 }, 5_000, 10_000)).toEqual({ from: 9_000, to: 10_000 });
    expect(inside({ from: -500, to: 100_000 }, 10_000)).toEqual({ from: 0, to: 10_000 });
    expect(inside({ from: 0, to: 0 }, 0)).toEqual({ from: 0, to: 200 });
  });

  test('follows the position by pages', () => {
    const view = { from: 0, to: 1_000 };
    expect(showing(view, 500, 10_000)).toBe(view);
    expect(showing(view, 1_200, 10_000)).toEqual({ from: 1_100, to: 2_100 });
  });

  test.each([
    [{ from: 0, to: 20_000 }, 4_000, ['0:00', '0:05', '0:10', '0:15', '0:20']],
    [{ from: 61_000, to: 62_000 }, 400, ['1:01.0', '1:01.5', '1:02.0']],
    [{ from: 7_190_000, to: 7_260_000 }, 30_000, ['2:00:00', '2:00:30', '2:01:00']],
  ])('ruler of %j', (view, apart, labels) => expect(ticksOf(view, apart).map(({ label }) => label)).toEqual(labels));

  test('a ruler can begin at the end of a question', () => {
    expect(ticksOf({ from: -500, to: 1_000 }, 400, 0).map(({ label }) => label)).toEqual(['−0.5 s', '0', '+0.5 s', '+1.0 s']);
  });
});

describe('Marks', () => {
  const read = (entries: Entry[]) => {
    const [events, reader] = [new EventMarks(), new TurnReader()];
    for (const one of entries) {
      events.take(one);
      reader.feed(one);
    }
    return marksIn({ from: 0, to: 100_000 }, reader.turns, events.marks, 100_000).map(({ kind, label, at, end }) => [kind, label, at, end]);
  };

  test('voice activity, end of turn, first token, function call and interruption of a turn', () => {
    const marks = read([
      entry(1, 1000, { mark: 'speechStarted' }),
      entry(2, 2000, { mark: 'speechEnded' }),
      entry(3, 2500, { dir: 'out', message: { voiceActivity: { type: 'ACTIVITY_END' } } }),
      entry(4, 2600, { dir: 'out', message: { toolCall: { functionCalls: [{ id: '1', name: 'roll_dice' }] } } }),
      entry(5, 2700, { dir: 'in', message: { toolResponse: { functionResponses: [{ id: '1', name: 'roll_dice' }] } } }),
      answered(6, 3000),
      entry(7, 3100, { mark: 'audible' }),
      entry(8, 3300, { dir: 'out', message: { serverContent: { interrupted: true } } }),
    ]);
    expect(marks).toEqual([
      ['voice', 'voice activity', 1000, 2000],
      ['waiting', 'turn 1: answer after 1100 ms', 2000, 3100],
      ['decision', 'turn 1: end of turn detected', 2500, undefined],
      ['tool', 'roll_dice', 2600, 2700],
      ['token', 'turn 1: first token', 3000, undefined],
      ['interrupted', 'turn 1: interrupted', 3300, undefined],
    ]);
  });

  test('connections: the first one, goAway with a rotation, a lost one that comes back, and the end', () => {
    const setup = (n: number, t: number) => entry(n, t, { dir: 'in', message: { setup: {} } });
    const ready = (n: number, t: number) => entry(n, t, { dir: 'out', message: { setupComplete: {} } });
    const marks = read([
      entry(1, 0, { mark: 'connecting' }),
      setup(2, 10),
      ready(3, 50),
      entry(4, 1000, { dir: 'out', message: { goAway: { timeLeft: '5s' } } }),
      entry(5, 1500, { mark: 'connecting' }),
      setup(6, 1510),
      ready(7, 1540),
      entry(8, 3000, { mark: 'closed', code: 1011, reason: 'Internal error' }),
      setup(9, 3500),
      ready(10, 3900),
      entry(11, 9000, { mark: 'closed', code: 1000 }),
    ]);
    expect(marks).toEqual([
      ['connection', 'connected after 50 ms', 0, 50],
      ['goAway', 'goAway, 5s left', 1000, undefined],
      ['connection', 'connected after 40 ms', 1500, 1540],
      ['connection', 'closed with 1011 “Internal error”, reconnected after 900 ms', 3000, 3900],
      ['connection', 'closed with 1000', 9000, undefined],
    ]);
  });

  test('voice activity of the server replaces that of the page', () => {
    const vad = (n: number, t: number, type: string) => entry(n, t, { dir: 'out', message: { voiceActivity: { type } } });
    expect(read([vad(1, 100, 'ACTIVITY_START'), entry(2, 150, { mark: 'speechStarted' }), vad(3, 900, 'ACTIVITY_END')])[0]).toEqual([
      'voice',
      'voice activity',
      100,
      900,
    ]);
  });
});

describe('What is heard', () => {
  const entries = [
    entry(1, 1000, { mark: 'speechStarted' }),
    entry(2, 2000, { mark: 'speechEnded' }),
    entry(3, 2400, { dir: 'out', message: { serverContent: { inputTranscription: { text: 'Count' } } } }),
    said(4, 2500, 'One '),
    answered(5, 2500, 400),
    said(6, 2510, 'two '),
    answered(7, 2510, 400),
    said(8, 2520, 'three.'),
    answered(9, 2520, 400),
    entry(10, 2530, { dir: 'out', message: { serverContent: { turnComplete: true } } }),
    entry(11, 2600, { mark: 'audible' }),
    entry(12, 3800, { mark: 'drained' }),
  ];
  const reader = new TurnReader();
  const audio = new AudioIndex();
  for (const one of entries) reader.feed(one);
  audio.update(entries);
  const at = (t: number) => {
    const heard = heardAt(reader.turns, audio, t);
    return heard && [heard.asking, heard.turn.model.slice(heard.from, heard.to), heard.n];
  };

  test.each([
    [500, undefined],
    [1500, [true, '', undefined]],
    [2300, [false, '', undefined]],
    [2700, [false, 'One ', 4]],
    [3100, [false, 'two ', 6]],
    [3500, [false, 'three.', 8]],
    [3900, [false, '', 8]],
  ])('at %d ms', (t, expected) => expect(at(t)).toEqual(expected));

  test('each message knows its turn', () => {
    expect(entries.map(({ turn }) => turn)).toEqual([undefined, undefined, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

test('a recording lasts until its last audio was heard', () => {
  vi.stubGlobal('document', { hidden: true });
  vi.stubGlobal('window', { setTimeout: () => 1 });
  const feed = new Feed();
  for (const one of [said(1, 0, 'Hello'), answered(2, 0, 3_000)]) feed.log.add(one);
  feed.end();
  feed.audio.update(feed.log.entries);
  expect([feed.now(), feed.duration]).toEqual([0, 3_000]);
  vi.unstubAllGlobals();
});
