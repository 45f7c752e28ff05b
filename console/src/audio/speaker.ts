import { audioContext, Level } from './engine';
import { bytesToFloat, outputRate, rateOf } from './pcm';
import { Resampler } from './resampler';
import type { SpeakerReport } from './speaker.worklet';

export interface SpeakerEvents {
  /** Playback started. */
  audible(): void;
  /** The queue was cleared and playback stopped. */
  silent(): void;
  /** The queue was played to its end. */
  drained(): void;
  /** The queue is full; the newest audio was refused. */
  full(): void;
}

/** Plays the audio of the model. */
export class Speaker {
  /** Whether audio is playing. */
  audible = false;

  private carry: number | undefined;
  private foreign: Resampler | undefined;

  private constructor(
    private readonly worklet: AudioWorkletNode,
    private readonly gain: GainNode,
    readonly level: Level,
  ) {}

  static async open(events: SpeakerEvents): Promise<Speaker> {
    const context = await audioContext();
    const worklet = new AudioWorkletNode(context, 'parley-speaker', { numberOfInputs: 0, outputChannelCount: [1] });
    const gain = context.createGain();
    const analyser = context.createAnalyser();
    worklet.connect(gain).connect(analyser).connect(context.destination);
    const speaker = new Speaker(worklet, gain, new Level(analyser));
    worklet.port.onmessage = ({ data }: MessageEvent<SpeakerReport>) => {
      speaker.audible = data.kind === 'audible' || (data.kind === 'full' && speaker.audible);
      events[data.kind]();
    };
    return speaker;
  }

  /** Queues a chunk of an answer. A chunk may end in the middle of a sample; its odd byte is kept for the next chunk. */
  play(bytes: Uint8Array, mimeType: string): void {
    let whole = bytes;
    if (this.carry !== undefined) {
      whole = new Uint8Array(bytes.length + 1);
      whole[0] = this.carry;
      whole.set(bytes, 1);
      this.carry = undefined;
    }
    if (whole.length % 2 === 1) this.carry = whole[whole.length - 1];
    let samples = bytesToFloat(whole.length % 2 === 1 ? whole.subarray(0, -1) : whole);
    const rate = rateOf(mimeType, outputRate);
    if (rate !== outputRate) {
      if (this.foreign?.inputRate !== rate) this.foreign = new Resampler(rate, outputRate);
      samples = this.foreign.process(samples) as Float32Array<ArrayBuffer>;
    }
    this.worklet.port.postMessage({ play: samples }, [samples.buffer]);
  }

  /** Stops playback at once. */
  clear(): void {
    this.carry = undefined;
    this.worklet.port.postMessage({ clear: true });
  }

  set volume(value: number) {
    this.gain.gain.value = value;
  }

  /** Selects the output device, if the browser supports it. */
  static async useDevice(deviceId: string): Promise<void> {
    const context = (await audioContext()) as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    await context.setSinkId?.(deviceId);
  }

  close(): void {
    this.clear();
    this.worklet.disconnect();
    this.gain.disconnect();
  }
}
