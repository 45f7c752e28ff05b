import { toBase64 } from '../src/audio/pcm';
import { kindOf } from '../src/protocol/media';
import type { Entry, LocalMark } from '../src/session/log';
import { TurnReader } from '../src/session/turns';

/** Writes the log of a session, with the turns of its messages. */
export class Script {
  readonly entries: Entry[] = [];
  private readonly reader = new TurnReader();

  in(t: number, message: object): this {
    return this.add({ t, dir: 'in', kind: kindOf(message), message, bytes: JSON.stringify(message).length });
  }

  out(t: number, message: object): this {
    return this.add({ t, dir: 'out', kind: kindOf(message), message, bytes: JSON.stringify(message).length });
  }

  local(t: number, mark: LocalMark): this {
    return this.add({ t, dir: 'local', kind: mark, mark, message: undefined, bytes: 0 });
  }

  /** What the user says, sent in messages of 20 ms. */
  spoken(from: number, to: number): this {
    this.local(from, 'speechStarted');
    for (let t = from + 20; t <= to; t += 20) this.in(t, { realtimeInput: { audio: pcm(20, 16_000) } });
    return this.local(to, 'speechEnded');
  }

  typed(t: number, text: string): this {
    return this.in(t, { realtimeInput: { text } });
  }

  heard(t: number, text: string): this {
    return this.out(t, { serverContent: { inputTranscription: { text } } });
  }

  said(t: number, text: string): this {
    return this.out(t, { serverContent: { modelTurn: { parts: [{ inlineData: pcm(400, 24_000) }] } } }).out(t + 1, {
      serverContent: { outputTranscription: { text } },
    });
  }

  done(t: number): this {
    return this.out(t, { serverContent: { turnComplete: true } });
  }

  private add(entry: Omit<Entry, 'n'>): this {
    const next = { n: this.entries.length + 1, ...entry };
    this.reader.feed(next);
    this.entries.push(next);
    return this;
  }
}

export function pcm(ms: number, rate: number, value = 8_192) {
  const samples = new Int16Array((ms * rate) / 1000).fill(value);
  return { mimeType: `audio/pcm;rate=${rate}`, data: toBase64(new Uint8Array(samples.buffer)) };
}
