/**
 * Streaming resampler for mono audio: a windowed sinc with one row of taps per phase. The position is counted in whole output steps, so it does
 * not drift over hours.
 */
export class Resampler {
  private static readonly zeros = 16;

  private readonly up: number;
  private readonly down: number;
  private readonly taps: number;
  private readonly table: Float32Array;
  private history: Float32Array;
  private phase = 0;

  constructor(
    readonly inputRate: number,
    readonly outputRate: number,
  ) {
    const divisor = gcd(inputRate, outputRate);
    this.up = outputRate / divisor;
    this.down = inputRate / divisor;
    // For downsampling, the filter is longer in proportion to the narrower band.
    const stretch = Math.max(1, inputRate / outputRate);
    this.taps = 2 * Math.ceil(Resampler.zeros * stretch);
    this.table = kernel(this.up, this.taps, 0.94 / stretch);
    this.history = new Float32Array(this.taps);
  }

  /** Returns output samples for input samples, delayed by half the filter. */
  process(input: Float32Array): Float32Array {
    if (this.up === this.down) return input.slice();
    const joined = new Float32Array(this.history.length + input.length);
    joined.set(this.history);
    joined.set(input, this.history.length);
    const output = new Float32Array(Math.ceil(((joined.length - this.taps + 1) * this.up) / this.down) + 1);
    let made = 0;
    let start = 0;
    while (start + this.taps <= joined.length) {
      const row = this.phase * this.taps;
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap++) sum += (joined[start + tap] as number) * (this.table[row + tap] as number);
      output[made++] = sum;
      this.phase += this.down;
      start += Math.floor(this.phase / this.up);
      this.phase %= this.up;
    }
    this.history = joined.slice(start);
    return output.subarray(0, made);
  }
}

function kernel(phases: number, taps: number, cutoff: number): Float32Array {
  const table = new Float32Array(phases * taps);
  const centre = taps / 2 - 1;
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - centre - phase / phases;
      const value = sinc(x * cutoff) * kaiser(x / (taps / 2));
      table[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) table[phase * taps + tap] = (table[phase * taps + tap] as number) / sum;
  }
  return table;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const kaiser = (x: number): number => (Math.abs(x) >= 1 ? 0 : bessel(8.5 * Math.sqrt(1 - x * x)) / bessel(8.5));

function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > sum * 1e-9; n++) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
