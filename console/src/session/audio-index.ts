import { bytesToFloat, fromBase64, inputRate, outputRate, rateOf } from '../audio/pcm';
import type { Blob64, ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry } from './log';

/** Audio of one message at its place on the clock of the session. */
export interface Clip {
  at: number;
  ms: number;
  audio: Blob64;
}

/** Milliseconds of one level of a waveform. */
export const levelMs = 20;

/** One voice of a session: its audio as it was heard, and its levels. */
export class Track {
  readonly clips: Clip[] = [];
  /** Peak of each 20 ms, 0 to 1. */
  readonly levels: number[] = [];
  end = 0;

  constructor(private readonly rate: number) {}

  add(audio: Blob64, from: number): void {
    const samples = bytesToFloat(evenBytes(fromBase64(audio.data ?? '')));
    const rate = rateOf(audio.mimeType ?? '', this.rate);
    const ms = (samples.length / rate) * 1000;
    this.clips.push({ at: from, ms, audio });
    const step = Math.round((rate * levelMs) / 1000);
    for (let start = 0; start < samples.length; start += step) {
      let peak = 0;
      for (let i = start; i < Math.min(samples.length, start + step); i++) peak = Math.max(peak, Math.abs(samples[i] as number));
      const index = Math.floor((from + (start / rate) * 1000) / levelMs);
      this.levels[index] = Math.max(this.levels[index] ?? 0, peak);
    }
    this.end = from + ms;
  }

  /** What was queued after this moment was not heard. */
  cut(t: number): void {
    while ((this.clips.at(-1)?.at ?? 0) >= t) this.clips.pop();
    const last = this.clips.at(-1);
    if (last) last.ms = Math.min(last.ms, t - last.at);
    this.levels.length = Math.min(this.levels.length, Math.ceil(t / levelMs));
    this.end = Math.min(this.end, t);
  }
}

/** The audio of both sides on one clock. It is built from the log, and grows with it. */
export class AudioIndex {
  readonly user = new Track(inputRate);
  readonly model = new Track(outputRate);
  private seen = 0;

  update(entries: Entry[]): void {
    const from = entries.length > 0 ? Math.max(0, this.seen - (entries[0] as Entry).n + 1) : 0;
    for (const entry of entries.slice(from)) this.take(entry);
    this.seen = entries.at(-1)?.n ?? 0;
  }

  private take({ dir, t, mark, message }: Entry): void {
    if (mark === 'silent') this.model.cut(t);
    if (dir === 'local' || message === null || typeof message !== 'object') return;
    if (dir === 'in') {
      const audio = (message as ClientMessage).realtimeInput?.audio;
      // The message is sent at the end of its audio.
      if (audio?.data) this.user.add(audio, Math.max(this.user.end, t - levelMs));
      return;
    }
    const content = (message as ServerMessage).serverContent;
    if (content?.interrupted) this.model.cut(t);
    for (const { inlineData } of content?.modelTurn?.parts ?? [])
      if (inlineData?.data && inlineData.mimeType?.startsWith('audio/pcm')) this.model.add(inlineData, Math.max(this.model.end, t));
  }
}

const evenBytes = (bytes: Uint8Array): Uint8Array => (bytes.length % 2 === 0 ? bytes : bytes.subarray(0, -1));
