import microphoneUrl from './microphone.worklet.ts?worker&url';
import { levelOf } from './pcm';
import speakerUrl from './speaker.worklet.ts?worker&url';

/** The server did not deliver the worklets. */
export class AudioNotLoaded extends Error {}

let shared: Promise<AudioContext> | undefined;

/** The only audio context of the page, with both worklets. Request it first in a click handler; otherwise browsers keep it silent. */
export function audioContext(): Promise<AudioContext> {
  shared ??= (async () => {
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      await Promise.all([context.audioWorklet.addModule(microphoneUrl), context.audioWorklet.addModule(speakerUrl)]);
    } catch {
      void context.close();
      throw new AudioNotLoaded('The audio code could not be loaded from the server.');
    }
    return context;
  })();
  shared.catch(() => {
    shared = undefined;
  });
  return shared.then(async (context) => {
    if (context.state !== 'running') await context.resume();
    return context;
  });
}

/** The current level of a signal, 0 to 1 over a range of 60 dB. */
export class Level {
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(private readonly analyser: AnalyserNode) {
    analyser.fftSize = 1024;
    this.samples = new Float32Array(analyser.fftSize);
  }

  /** Root mean square of the last 20 ms or so, 0 to 1. */
  rms(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / this.samples.length);
  }

  now(): number {
    return levelOf(this.rms());
  }
}
