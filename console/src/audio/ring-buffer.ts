/** A queue of samples that grows up to a limit. Samples that do not fit are refused and counted. */
export class RingBuffer {
  private samples: Float32Array;
  private head = 0;
  private count = 0;

  /** Samples that were refused because the buffer was full. */
  refused = 0;

  constructor(
    initial: number,
    private readonly most: number,
  ) {
    this.samples = new Float32Array(Math.min(initial, most));
  }

  /** Samples waiting to be read. */
  get length(): number {
    return this.count;
  }

  /** Appends samples; returns how many fit. */
  write(input: Float32Array): number {
    if (this.count + input.length > this.samples.length) this.grow(this.count + input.length);
    const fits = Math.min(input.length, this.samples.length - this.count);
    let at = (this.head + this.count) % this.samples.length;
    for (let i = 0; i < fits; i++) {
      this.samples[at] = input[i] as number;
      if (++at === this.samples.length) at = 0;
    }
    this.count += fits;
    this.refused += input.length - fits;
    return fits;
  }

  /** Fills the output from the start; returns the number of samples. */
  read(output: Float32Array): number {
    const available = Math.min(output.length, this.count);
    for (let i = 0; i < available; i++) {
      output[i] = this.samples[this.head] as number;
      if (++this.head === this.samples.length) this.head = 0;
    }
    this.count -= available;
    return available;
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
  }

  private grow(wanted: number): void {
    const size = Math.min(this.most, Math.max(wanted, this.samples.length * 2));
    if (size <= this.samples.length) return;
    const larger = new Float32Array(size);
    const count = this.read(larger.subarray(0, this.count));
    this.samples = larger;
    this.head = 0;
    this.count = count;
  }
}
