import { fromBase64, rateOf } from '../audio/pcm';
import type { Blob64 } from '../protocol/messages';
import { Peaks, peakMs } from './peaks';

/** Audio of one message at its place on the clock of the session. */
export interface Clip {
  /** Number of the message. */
  n: number;
  at: number;
  ms: number;
  audio: Blob64;
  /** Peak of each 20 ms, 0 to 255; only while the clip can still be moved. */
  peaks?: Uint8Array;
}

/** Late audio moves at most the five seconds before it. */
const movable = 250;

/** One voice of a session: its audio as it was heard. */
export class Track {
  clips: Clip[] = [];
  readonly peaks = new Peaks();

  constructor(private readonly rate: number) {}

  get end(): number {
    const last = this.clips.at(-1);
    return last ? last.at + last.ms : 0;
  }

  /** Adds audio that is played when the audio before it ends, but not before it arrives. */
  queue(n: number, audio: Blob64, arrived: number): void {
    this.push({ ...this.read(n, audio), at: Math.max(this.end, arrived) });
  }

  /** Adds audio that was recorded before it was sent. Audio that was sent late moves the audio before it back. */
  record(n: number, audio: Blob64, sent: number): void {
    const clip = this.read(n, audio);
    clip.at = Math.max(0, sent - clip.ms);
    let first = this.clips.length;
    let from = clip.at;
    for (let next = clip.at; first > 0 && this.clips.length - first < movable; first--) {
      const before = this.clips[first - 1] as Clip;
      if (before.at + before.ms <= next) break;
      from = next = before.at = Math.max(0, next - before.ms);
    }
    if (first < this.clips.length) {
      this.peaks.clear(from, clip.at + clip.ms);
      // The clip before the first one may share 20 ms with it.
      for (const moved of this.clips.slice(Math.max(0, first - 1))) if (moved.peaks) this.peaks.write(moved.at, moved.peaks);
    }
    this.push(clip);
  }

  /** What was queued after this moment was not heard. */
  cut(t: number): void {
    if (this.end <= t) return;
    this.peaks.clear(t, this.end);
    while ((this.clips.at(-1)?.at ?? -1) >= t) this.clips.pop();
    const last = this.clips.at(-1);
    if (!last) return;
    last.ms = Math.min(last.ms, t - last.at);
    if (last.peaks) last.peaks = last.peaks.subarray(0, Math.ceil(last.ms / peakMs));
  }

  /** Forgets the audio of messages that the log has dropped. Its waveform stays. */
  forget(before: number): void {
    let count = 0;
    while (count < this.clips.length && (this.clips[count] as Clip).n < before) count++;
    if (count > 0) this.clips = this.clips.slice(count);
  }

  /** Index of the first clip that ends after a moment. */
  firstAfter(t: number): number {
    let low = 0;
    let high = this.clips.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const clip = this.clips[middle] as Clip;
      if (clip.at + clip.ms <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The clip that is heard at a moment. */
  at(t: number): Clip | undefined {
    const clip = this.clips[this.firstAfter(t)];
    return clip && clip.at <= t ? clip : undefined;
  }

  private push(clip: Clip): void {
    this.clips.push(clip);
    if (clip.peaks) this.peaks.write(clip.at, clip.peaks);
    const settled = this.clips[this.clips.length - movable - 2];
    if (settled) delete settled.peaks;
  }

  private read(n: number, audio: Blob64): Clip {
    const bytes = bytesOf(audio);
    // PCM16 is little-endian, as all machines with a browser are.
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    const rate = rateOf(audio.mimeType ?? '', this.rate);
    const step = Math.max(1, Math.round((rate * peakMs) / 1000));
    const peaks = new Uint8Array(Math.ceil(samples.length / step));
    for (let start = 0; start < samples.length; start += step) {
      let peak = 0;
      for (let i = start; i < Math.min(samples.length, start + step); i++) peak = Math.max(peak, Math.abs(samples[i] as number));
      peaks[start / step] = Math.min(255, Math.round(peak / 128));
    }
    return { n, at: 0, ms: (samples.length / rate) * 1000, audio, peaks };
  }
}

/** Messages of a file may contain anything. */
function bytesOf({ data = '' }: Blob64): Uint8Array {
  try {
    return fromBase64(data);
  } catch {
    return new Uint8Array();
  }
}
