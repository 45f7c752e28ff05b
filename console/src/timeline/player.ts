import { signal } from '@preact/signals';
import { audioContext } from '../audio/engine';
import { bytesToFloat, fromBase64, rateOf } from '../audio/pcm';
import { current } from '../session/current';
import type { AudioIndex } from './audio-index';
import type { Clip, Track } from './track';

/** Audio is scheduled this far ahead. */
const aheadMs = 1_500;

/** Plays a session from its log: both voices on one clock. */
export class Player {
  readonly playing = signal(false);
  /** Milliseconds on the clock of the session. */
  readonly position = signal(0);

  private timer: number | undefined;
  private frame = 0;
  private sources: AudioScheduledSourceNode[] = [];
  // Moment of the audio context at which the clock of the session was zero, in seconds.
  private zero = 0;
  private scheduledTo = 0;
  private starts = 0;

  constructor(private readonly index: () => AudioIndex) {}

  /** Plays from a moment on, to the end of the session or to another moment. */
  async play(from = this.position.peek(), to = Number.POSITIVE_INFINITY): Promise<void> {
    this.pause();
    const start = ++this.starts;
    this.position.value = from;
    const context = await audioContext();
    if (start !== this.starts) return;
    this.zero = context.currentTime + 0.1 - from / 1000;
    this.scheduledTo = from;
    this.playing.value = true;
    this.timer = window.setInterval(() => this.advance(context, to), 100);
    this.advance(context, to);
    const follow = () => {
      this.position.value = Math.max(this.position.peek(), Math.min(to, (context.currentTime - this.zero) * 1000));
      this.frame = window.requestAnimationFrame(follow);
    };
    this.frame = window.requestAnimationFrame(follow);
  }

  pause(): void {
    this.starts++;
    window.clearInterval(this.timer);
    window.cancelAnimationFrame(this.frame);
    for (const source of this.sources) source.stop();
    this.sources = [];
    this.playing.value = false;
  }

  /** Moves to a moment, and plays on if it plays. */
  seek(t: number): void {
    if (this.playing.peek()) void this.play(t);
    else this.position.value = t;
  }

  private advance(context: AudioContext, to: number): void {
    const { user, model, end } = this.index();
    this.position.value = Math.max(this.position.peek(), (context.currentTime - this.zero) * 1000);
    if (this.position.peek() > Math.min(to, end)) {
      this.pause();
      return;
    }
    const until = Math.min(to, this.position.peek() + aheadMs);
    for (const track of [user, model]) this.schedule(context, track, this.scheduledTo, until);
    this.scheduledTo = Math.max(this.scheduledTo, until);
  }

  private schedule(context: AudioContext, track: Track, from: number, until: number): void {
    const first = this.scheduledTo === this.position.peek();
    for (let index = track.firstAfter(from); index < track.clips.length; index++) {
      const clip = track.clips[index] as Clip;
      if (clip.at >= until) break;
      // A clip that began before has been scheduled, except at the start of the playback, which may be inside it.
      if (clip.at < from && !first) continue;
      const buffer = bufferOf(context, clip);
      if (!buffer) continue;
      const skipped = Math.max(0, from - clip.at) / 1000;
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.start(Math.max(0, this.zero + clip.at / 1000 + skipped), skipped, clip.ms / 1000 - skipped);
      source.onended = () => {
        this.sources = this.sources.filter((one) => one !== source);
      };
      this.sources.push(source);
    }
  }
}

function bufferOf(context: AudioContext, { audio }: Clip): AudioBuffer | undefined {
  const bytes = fromBase64(audio.data ?? '');
  const samples = bytesToFloat(bytes.subarray(0, bytes.length & ~1));
  if (samples.length === 0) return undefined;
  const buffer = context.createBuffer(1, samples.length, rateOf(audio.mimeType ?? '', 24_000));
  buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
  return buffer;
}

/** Plays the session that the page shows. */
export const player = new Player(() => current.feed.audio);
