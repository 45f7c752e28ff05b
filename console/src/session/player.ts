import { signal } from '@preact/signals';
import { audioContext } from '../audio/engine';
import { bytesToFloat, fromBase64, rateOf } from '../audio/pcm';
import type { AudioIndex, Clip, Track } from './audio-index';

/** Audio is scheduled this far ahead. */
const aheadMs = 1_500;

/** Plays a session from its log: both voices on one clock. */
export class Player {
  readonly playing = signal(false);
  /** Milliseconds on the clock of the session. */
  readonly position = signal(0);

  private timer: number | undefined;
  private sources: AudioScheduledSourceNode[] = [];
  // Moment of the audio context at which the clock of the session was zero, in seconds.
  private zero = 0;
  private scheduledTo = 0;

  constructor(private readonly index: () => AudioIndex) {}

  async play(from = this.position.peek()): Promise<void> {
    this.pause();
    const context = await audioContext();
    this.position.value = from;
    this.zero = context.currentTime + 0.1 - from / 1000;
    this.scheduledTo = from;
    this.playing.value = true;
    this.timer = window.setInterval(() => this.advance(context), 100);
    this.advance(context);
  }

  pause(): void {
    window.clearInterval(this.timer);
    for (const source of this.sources) source.stop();
    this.sources = [];
    this.playing.value = false;
  }

  private advance(context: AudioContext): void {
    const { user, model } = this.index();
    this.position.value = Math.max(this.position.peek(), (context.currentTime - this.zero) * 1000);
    if (this.position.peek() > Math.max(user.end, model.end)) {
      this.pause();
      return;
    }
    const until = this.position.peek() + aheadMs;
    for (const track of [user, model]) this.schedule(context, track, this.scheduledTo, until);
    this.scheduledTo = until;
  }

  private schedule(context: AudioContext, { clips }: Track, from: number, until: number): void {
    for (const clip of clips.slice(firstAfter(clips, from))) {
      if (clip.at >= until) break;
      if (clip.at < from && this.scheduledTo !== this.position.peek()) continue;
      const buffer = bufferOf(context, clip);
      if (!buffer) continue;
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.start(Math.max(0, this.zero + clip.at / 1000), 0, clip.ms / 1000);
      source.onended = () => {
        this.sources = this.sources.filter((one) => one !== source);
      };
      this.sources.push(source);
    }
  }
}

/** Index of the first clip that ends after a moment. */
function firstAfter(clips: Clip[], t: number): number {
  let low = 0;
  let high = clips.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const clip = clips[middle] as Clip;
    if (clip.at + clip.ms <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bufferOf(context: AudioContext, { audio }: Clip): AudioBuffer | undefined {
  const bytes = fromBase64(audio.data ?? '');
  const samples = bytesToFloat(bytes.subarray(0, bytes.length & ~1));
  if (samples.length === 0) return undefined;
  const buffer = context.createBuffer(1, samples.length, rateOf(audio.mimeType ?? '', 24_000));
  buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
  return buffer;
}
