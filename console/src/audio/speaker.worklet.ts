import { outputRate } from './pcm';
import { Resampler } from './resampler';
import { RingBuffer } from './ring-buffer';

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, type: unknown): void;

// Answers arrive faster than they are played: the queue starts with two seconds and grows up to ten minutes.
const initialSamples = sampleRate * 2;
const mostSamples = sampleRate * 600;

// Number of samples of the fade-out that avoids a click.
const fadeSamples = Math.round(sampleRate * 0.004);

export type SpeakerOrder = { play: Float32Array } | { clear: true };
export type SpeakerReport =
  | { kind: 'audible' | 'silent' | 'drained'; playedMs: number; waitingMs: number }
  | { kind: 'full'; refused: number };

/** Plays a queue of 24 kHz audio without gaps; reports when playback starts and when the queue is empty. */
class Speaker extends AudioWorkletProcessor {
  private readonly queue = new RingBuffer(initialSamples, mostSamples);
  private resampler = new Resampler(outputRate, sampleRate);
  private played = 0;
  private playing = false;
  private last = 0;
  private fade = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<SpeakerOrder>) => {
      if ('clear' in data) this.clear();
      else this.take(data.play);
    };
  }

  process(_: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0];
    if (!output) return true;
    const count = this.queue.read(output);
    if (count > 0 && !this.playing) this.change('audible');
    if (count > 0) this.last = output[count - 1] as number;
    this.played += count;
    if (count < output.length) this.end(output, count);
    return true;
  }

  private take(samples: Float32Array): void {
    const ready = this.resampler.process(samples);
    if (this.queue.write(ready) < ready.length)
      this.port.postMessage({ kind: 'full', refused: this.queue.refused } satisfies SpeakerReport);
  }

  private clear(): void {
    this.queue.clear();
    this.resampler = new Resampler(outputRate, sampleRate);
    if (this.playing) this.change('silent');
  }

  private end(output: Float32Array, from: number): void {
    if (this.playing) {
      this.fade = fadeSamples;
      this.change('drained');
    }
    for (let i = from; i < output.length; i++) {
      output[i] = this.fade > 0 ? (this.last * this.fade--) / fadeSamples : 0;
    }
  }

  private change(kind: 'audible' | 'silent' | 'drained'): void {
    this.playing = kind === 'audible';
    if (kind === 'silent') this.fade = fadeSamples;
    const toMs = 1000 / sampleRate;
    this.port.postMessage({ kind, playedMs: this.played * toMs, waitingMs: this.queue.length * toMs } satisfies SpeakerReport);
  }
}

registerProcessor('parley-speaker', Speaker);
