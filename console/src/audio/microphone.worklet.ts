import { floatToPcm, inputRate } from './pcm';
import { Resampler } from './resampler';

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, type: unknown): void;

// 20 ms per message, as the Live API recommends (docs/protocol.md#23-media-encodings).
const chunk = inputRate / 50;

/** Resamples one channel and posts `Int16Array`s of 20 ms at 16 kHz. */
class Microphone extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, inputRate);
  private readonly pending = new Float32Array(chunk);
  private filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    const samples = this.resampler.process(channel);
    let taken = 0;
    while (taken < samples.length) {
      const part = samples.subarray(taken, taken + chunk - this.filled);
      this.pending.set(part, this.filled);
      this.filled += part.length;
      taken += part.length;
      if (this.filled === chunk) {
        const pcm = floatToPcm(this.pending);
        this.port.postMessage(pcm, [pcm.buffer]);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('parley-microphone', Microphone);
