import { levelOf } from '../audio/pcm';

/** Quieter than this is silence, in RMS of full scale: about -44 dB. */
const threshold = 0.006;
const startMs = 60;
const endMs = 300;

/**
 * A simple speech detector on the microphone, for the timeline only: reports when speech starts and ends. The server does the endpointing. Time is
 * counted in samples.
 */
export class SpeechDetector {
  private position = 0;
  private loudSince: number | undefined;
  private lastLoud = 0;
  private speaking = false;

  /** Level of the last audio, 0 to 1 over a range of 60 dB. */
  level = 0;

  constructor(private readonly report: (what: 'speechStarted' | 'speechEnded', msAgo: number) => void) {}

  process(pcm: Int16Array, rate: number): void {
    let sum = 0;
    for (const sample of pcm) sum += (sample / 32_768) ** 2;
    const now = this.position + (pcm.length / rate) * 1000;
    const rms = Math.sqrt(sum / pcm.length);
    this.level = levelOf(rms);
    if (rms >= threshold) {
      this.loudSince ??= this.position;
      this.lastLoud = now;
      if (!this.speaking && now - this.loudSince >= startMs) {
        this.speaking = true;
        this.report('speechStarted', now - this.loudSince);
      }
    } else if (now - this.lastLoud >= endMs || !this.speaking) {
      if (this.speaking) this.report('speechEnded', now - this.lastLoud);
      this.speaking = false;
      this.loudSince = undefined;
    }
    this.position = now;
  }
}
