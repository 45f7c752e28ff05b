import { fromBase64, inputRate, outputRate, rateOf } from '../audio/pcm';
import type { Blob64, ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry } from './log';

/** Audio of one message at its place on the clock of the session. */
export interface Clip {
  at: number;
  ms: number;
  audio: Blob64;
  /** Peak of each 20 ms, 0 to 1. */
  peaks: number[];
}

/** Milliseconds of one peak. */
export const peakMs = 20;

/** One voice of a session: its audio as it was heard. */
export class Track {
  readonly clips: Clip[] = [];

  constructor(private readonly rate: number) {}

  get end(): number {
    const last = this.clips.at(-1);
    return last ? last.at + last.ms : 0;
  }

  /** Adds audio that is played when the audio before it ends, but not before it arrives. */
  queue(audio: Blob64, arrived: number): void {
    this.clips.push({ ...this.read(audio), at: Math.max(this.end, arrived) });
  }

  /** Adds audio that was recorded before it was sent. Audio that was sent late moves the audio before it back. */
  record(audio: Blob64, sent: number): void {
    const clip = this.read(audio);
    clip.at = Math.max(0, sent - clip.ms);
    for (let index = this.clips.length - 1, next = clip.at; index >= 0; index--) {
      const before = this.clips[index] as Clip;
      if (before.at + before.ms <= next) break;
      before.at = next - before.ms;
      next = before.at;
    }
    this.clips.push(clip);
  }

  /** What was queued after this moment was not heard. */
  cut(t: number): void {
    while ((this.clips.at(-1)?.at ?? -1) >= t) this.clips.pop();
    const last = this.clips.at(-1);
    if (!last) return;
    last.ms = Math.min(last.ms, t - last.at);
    last.peaks.length = Math.min(last.peaks.length, Math.ceil(last.ms / peakMs));
  }

  private read(audio: Blob64): Clip {
    const bytes = fromBase64(audio.data ?? '');
    // PCM16 is little-endian, as all machines with a browser are.
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    const rate = rateOf(audio.mimeType ?? '', this.rate);
    const step = Math.round((rate * peakMs) / 1000);
    const peaks: number[] = [];
    for (let start = 0; start < samples.length; start += step) {
      let peak = 0;
      for (let i = start; i < Math.min(samples.length, start + step); i++) peak = Math.max(peak, Math.abs(samples[i] as number));
      peaks.push(Math.min(1, peak / 32_768));
    }
    return { at: 0, ms: (samples.length / rate) * 1000, audio, peaks };
  }
}

/** The audio of both sides on one clock. It is built from the log, and grows with it. */
export class AudioIndex {
  readonly user = new Track(inputRate);
  readonly model = new Track(outputRate);
  private seen = 0;

  /** Reads new entries, for about so many milliseconds; returns whether all are read. */
  update(entries: Entry[], budgetMs = Number.POSITIVE_INFINITY): boolean {
    const until = performance.now() + budgetMs;
    let index = entries.length > 0 ? Math.max(0, this.seen - (entries[0] as Entry).n + 1) : 0;
    for (; index < entries.length; index++) {
      const entry = entries[index] as Entry;
      this.take(entry);
      this.seen = entry.n;
      if (index % 256 === 0 && performance.now() > until) return false;
    }
    return true;
  }

  private take({ dir, t, mark, message }: Entry): void {
    if (mark === 'silent') this.model.cut(t);
    if (dir === 'local' || message === null || typeof message !== 'object') return;
    if (dir === 'in') {
      const audio = (message as ClientMessage).realtimeInput?.audio;
      if (audio?.data) this.user.record(audio, t);
      return;
    }
    const content = (message as ServerMessage).serverContent;
    if (content?.interrupted) this.model.cut(t);
    for (const { inlineData } of content?.modelTurn?.parts ?? [])
      if (inlineData?.data && inlineData.mimeType?.startsWith('audio/pcm')) this.model.queue(inlineData, t);
  }
}
