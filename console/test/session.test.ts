import { describe, expect, test } from 'vitest';
import { audioOf, pack, unpack } from '../src/session/archive';
import { delayBefore } from '../src/session/backoff';
import { echoSuspected, overlap } from '../src/session/echo-hint';
import { noFacts, updateFacts } from '../src/session/facts';
import { type Entry, type LocalMark, SessionLog } from '../src/session/log';
import { SpeechDetector } from '../src/session/speech-detector';
import { outcomeOf, timeToAnswer } from '../src/session/turn';
import { TurnReader } from '../src/session/turns';

class Recorder {
  time = 0;
  readonly reader = new TurnReader();
  readonly log = new SessionLog(
    (entry) => this.reader.feed(entry),
    () => this.time,
  );

  in(message: object, after = 10): this {
    return this.message('in', message, after);
  }

  out(message: object, after = 10): this {
    return this.message('out', message, after);
  }

  local(mark: LocalMark, after = 10, text?: string): this {
    this.time += after;
    this.log.mark(mark, text ? { text } : {});
    return this;
  }

  private message(dir: 'in' | 'out', message: object, after: number): this {
    this.time += after;
    this.log.message(dir, JSON.stringify(message), message);
    return this;
  }
}

const audioChunk = {
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: btoa('x'.repeat(960)) } }] } },
};
const words = (text: string) => ({ serverContent: { outputTranscription: { text } } });
const heard = (text: string) => ({ serverContent: { inputTranscription: { text, finished: true } } });
const done = {
  serverContent: { turnComplete: true },
  usageMetadata: { totalTokenCount: 5, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 3 }] },
};
const cut = { serverContent: { interrupted: true } };

describe('Turns', () => {
  test('spoken question and answer are one turn', () => {
    const { reader } = new Recorder()
      .local('speechStarted')
      .local('speechEnded', 900)
      .out({ serverContent: {}, voiceActivity: { type: 'ACTIVITY_END' } }, 500)
      .out(heard(' What is it?'))
      .out(audioChunk)
      .out(words(' It is'))
      .local('audible')
      .out(words(' forty-two.'))
      .out({ serverContent: { generationComplete: true } })
      .out(done)
      .local('drained', 700);
    expect(reader.turns).toHaveLength(1);
    expect(reader.turns[0]).toMatchObject({ user: 'What is it?', model: 'It is forty-two.', done: true, interrupted: false });
    expect(reader.turns[0]?.at).toEqual({
      speechStarted: 10,
      endOfSpeech: 910,
      endDecided: 1410,
      finalTranscript: 1420,
      firstAudio: 1430,
      firstToken: 1440,
      firstAudible: 1450,
      generationComplete: 1470,
      turnComplete: 1480,
      silenceReached: 2180,
    });
  });

  test('audio between an interruption and its acknowledgement belongs to the interrupted turn', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Tell me a story' } })
      .out(audioChunk)
      .out(words(' Once upon'))
      .in({ realtimeInput: { text: 'Stop' } })
      .out(audioChunk)
      .out(words(' a time'))
      .out(cut)
      .out(done)
      .out(words(' I stopped.'))
      .out(done);
    expect(reader.turns.map(({ user, model }) => [user, model])).toEqual([
      ['Tell me a story', 'Once upon a time'],
      ['Stop', 'I stopped.'],
    ]);
    expect(reader.turns.map(outcomeOf)).toEqual(['interrupted', 'completed']);
  });

  test('speech that interrupts starts the next turn', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Count' } })
      .out(audioChunk)
      .out(words(' One two'))
      .local('audible')
      .local('speechStarted')
      .out(cut)
      .local('silent', 1)
      .out(done)
      .out({ serverContent: { interimInputTranscription: { text: 'what about' } } })
      .out(heard(' What about tea?'))
      .out(words(' Tea is fine.'))
      .out(done);
    expect(reader.turns.map(({ user }) => user)).toEqual(['Count', 'What about tea?']);
    const [first] = reader.turns;
    expect((first?.at.silenceReached ?? 0) - (first?.at.interruptedAt ?? 0)).toBe(1);
    expect(reader.turns[1]?.interim).toBe('');
  });

  test('function call is a span of its turn, answered or cancelled', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Roll' } })
      .out({
        toolCall: {
          functionCalls: [
            { id: 'a', name: 'roll_dice' },
            { id: 'b', name: 'get_time' },
          ],
        },
      })
      .in({ toolResponse: { functionResponses: [{ id: 'a', name: 'roll_dice', response: { total: 3 } }] } }, 30)
      .out({ toolCallCancellation: { ids: ['b'] } }, 20);
    expect(reader.turns[0]?.tools).toMatchObject([
      { name: 'roll_dice', from: 20, to: 50, response: { total: 3 } },
      { name: 'get_time', cancelled: true, to: 70 },
    ]);
  });

  test('turn without content has the outcome no_output', () => {
    const { reader } = new Recorder().in({ realtimeInput: { text: 'Hm' } }).out(done);
    expect(reader.turns.map(outcomeOf)).toEqual(['no_output']);
  });

  test('answer after a function call belongs to the question, even after turnComplete', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Roll a die' } })
      .out({ toolCall: { functionCalls: [{ id: 'a', name: 'roll_dice' }] } }, 100)
      .out(done)
      .in({ toolResponse: { functionResponses: [{ id: 'a', name: 'roll_dice', response: { total: 3 } }] } }, 20)
      .out(audioChunk, 150)
      .out(words(' You rolled a three.'))
      .local('audible', 11)
      .out({ serverContent: { generationComplete: true } })
      .out(done)
      .in({ realtimeInput: { text: 'Thanks' } })
      .out(words(' You are welcome.'))
      .out(done);
    expect(reader.turns.map(({ user, model, done }) => [user, model, done])).toEqual([
      ['Roll a die', 'You rolled a three.', true],
      ['Thanks', 'You are welcome.', true],
    ]);
    const [turn] = reader.turns;
    expect(turn?.tools).toMatchObject([{ from: 110, to: 140 }]);
    expect(turn && timeToAnswer(turn)).toBe(301);
    expect(turn?.at.turnComplete).toBe(331);
  });

  test('interruption during a function call ends the turn of the call', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Look it up' } })
      .out({ toolCall: { functionCalls: [{ id: 'a', name: 'look' }] } })
      .out(done)
      .in({ realtimeInput: { text: 'Never mind' } })
      .out({ toolCallCancellation: { ids: ['a'] } })
      .out(words(' Fine.'))
      .out(done);
    expect(reader.turns.map(({ user, model, done }) => [user, model, done])).toEqual([
      ['Look it up', '', true],
      ['Never mind', 'Fine.', true],
    ]);
  });

  test('lost connection ends the answer; the next answer belongs to the next question', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Tell me a story' } })
      .out(words(' Every evening, there'))
      .local('closed')
      .local('queued', 10, 'What is my name?')
      .local('connecting');
    expect(reader.turns.map(({ user, queued, lost }) => [user, queued, lost])).toEqual([
      ['Tell me a story', undefined, true],
      ['What is my name?', true, undefined],
    ]);
    const recorder = new Recorder()
      .in({ realtimeInput: { text: 'Tell me a story' } })
      .out(words(' Every evening, there'))
      .local('closed')
      .local('queued', 10, 'What is my name?')
      .local('connecting')
      .in({ setup: { model: 'm', sessionResumption: { handle: 'h' } } })
      .in({ realtimeInput: { text: 'What is my name?' } })
      .out(words(' Ada.'))
      .out(done);
    expect(recorder.reader.turns.map(({ user, model, queued, done }) => [user, model, queued, done])).toEqual([
      ['Tell me a story', 'Every evening, there', undefined, true],
      ['What is my name?', 'Ada.', undefined, true],
    ]);
  });

  test('question without an answer and the next one after a lost connection are two turns', () => {
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'First' } })
      .local('closed')
      .local('queued', 10, 'Second')
      .in({ realtimeInput: { text: 'Second' } })
      .out(words(' Two.'))
      .out(done);
    expect(reader.turns.map(({ user, model }) => [user, model])).toEqual([
      ['First', ''],
      ['Second', 'Two.'],
    ]);
  });

  test('time to answer is measured from the end of the question to the first sound', () => {
    const { reader } = new Recorder()
      .local('speechStarted')
      .local('speechEnded', 900)
      .out(heard(' What is it?'), 400)
      .out(audioChunk, 100)
      .local('audible', 49);
    const [turn] = reader.turns;
    expect(turn && timeToAnswer(turn)).toBe(549);
    expect(timeToAnswer({ ...(turn as NonNullable<typeof turn>), at: { firstAudio: 5 } })).toBeUndefined();
  });

  test('empty messages start no turn', () => {
    const { reader } = new Recorder()
      .out({ serverContent: {} })
      .out({})
      .out({ usageMetadata: { totalTokenCount: 1 } });
    expect(reader.turns).toHaveLength(0);
  });
});

describe('Facts', () => {
  test('contain handle, goAway, tokens and close', () => {
    const recorder = new Recorder()
      .in({ setup: { model: 'models/m', sessionResumption: {} } })
      .out({ setupComplete: { sessionId: 's' } })
      .out({ sessionResumptionUpdate: { newHandle: 'h', resumable: true } })
      .out(done)
      .out(done)
      .out({ goAway: { timeLeft: '50s' } });
    let facts = recorder.log.entries.reduce(updateFacts, noFacts());
    expect(facts).toMatchObject({
      model: 'models/m',
      sessionId: 's',
      connections: 1,
      resumes: 0,
      handleAt: 30,
      resumable: true,
      goAwayAt: 50_060,
    });
    expect(facts.tokens).toEqual({ prompt: { AUDIO: 6 }, response: {}, total: 10 });
    recorder.local('closed').in({ setup: { model: 'models/m', sessionResumption: { handle: 'h' } } });
    facts = recorder.log.entries.reduce(updateFacts, noFacts());
    expect(facts).toMatchObject({ connections: 2, resumes: 1, close: { code: 1006 } });
    expect(facts.goAwayAt).toBeUndefined();
  });
});

describe('An export', () => {
  const recorder = new Recorder()
    .local('connected')
    .in({ realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: btoa('y'.repeat(640)) } } }, 1000)
    .out(audioChunk, 500)
    .out(audioChunk, 1)
    .out(done);

  test('restores the session', async () => {
    const opened = await unpack(await pack(recorder.log.entries));
    // Turns are derived again.
    expect(opened).toEqual(recorder.log.entries.map(({ turn: _, ...entry }) => entry));
  });

  test('invalid file is refused with a message', async () => {
    await expect(unpack(new TextEncoder().encode('hello'))).rejects.toThrow('Line 1 is not JSON.');
    await expect(unpack(new TextEncoder().encode(''))).rejects.toThrow('no messages');
  });

  test('audio of both sides keeps its position in time', () => {
    const bytes = (dir: 'in' | 'out') => audioOf(recorder.log.entries, dir).reduce((sum, chunk) => sum + chunk.length, 0);
    expect(bytes('in')).toBe((1010 / 1000) * 32_000);
    expect(bytes('out')).toBe((1510 / 1000) * 48_000 + 2 * 960);
  });
});

describe('The log', () => {
  test('drops the oldest entries beyond its limit', () => {
    const seen: Entry[] = [];
    const log = new SessionLog((entry) => seen.push(entry));
    for (let i = 0; i < 13; i++) log.add({ n: i, t: i, dir: 'out', kind: 'audio', bytes: 10 << 20, message: {} });
    expect(seen).toHaveLength(13);
    expect(log.dropped).toBe(4);
    expect(log.entries[0]?.n).toBe(4);
  });
});

describe('Rules', () => {
  test('delay before a reconnect grows, and is at least five seconds if the server is full', () => {
    expect(delayBefore(1, false, () => 0.5)).toBe(50);
    expect([2, 3, 4].map((attempt) => delayBefore(attempt, false, () => 0.5))).toEqual([1000, 2000, 4000]);
    expect(delayBefore(20, false, () => 1)).toBeLessThanOrEqual(15_000 * 1.25);
    expect(delayBefore(1, true, () => 0)).toBe(3750);
  });

  test('speech detector reports start and end of speech', () => {
    const reported: string[] = [];
    const detector = new SpeechDetector((what, ago) => reported.push(`${what} ${Math.round(ago)}`));
    const chunk = (loud: boolean) => Int16Array.from({ length: 320 }, (_, n) => (loud ? Math.round(8000 * Math.sin(n)) : 3));
    for (let i = 0; i < 10; i++) detector.process(chunk(false), 16_000);
    for (let i = 0; i < 20; i++) detector.process(chunk(true), 16_000);
    for (let i = 0; i < 20; i++) detector.process(chunk(false), 16_000);
    expect(reported).toEqual(['speechStarted 60', 'speechEnded 300']);
  });

  test('echo of the model is detected', () => {
    expect(overlap('the sea is wide and blue', 'The sea is wide and blue, and it is deep.')).toBe(1);
    const { reader } = new Recorder()
      .in({ realtimeInput: { text: 'Tell me about the sea' } })
      .out(words(' The sea is wide and blue, and it is deep.'))
      .out(cut)
      .out(done)
      .out(heard(' sea is wide and blue'));
    expect(echoSuspected(reader.turns)).toBe(true);
  });
});
