import { describe, expect, test } from 'vitest';
import { bytesToFloat, floatToPcm, fromBase64, rateOf, toBase64, wav } from '../src/audio/pcm';
import { Resampler } from '../src/audio/resampler';
import { RingBuffer } from '../src/audio/ring-buffer';

const ramp = (from: number, count: number) => Float32Array.from({ length: count }, (_, index) => from + index);

describe('The ring buffer', () => {
  test('returns samples in order across its end', () => {
    const ring = new RingBuffer(8, 8);
    const out = new Float32Array(5);
    let written = 0;
    let read = 0;
    for (let round = 0; round < 50; round++) {
      expect(ring.write(ramp(written, 5))).toBe(5);
      written += 5;
      expect(ring.read(out)).toBe(5);
      expect([...out]).toEqual([...ramp(read, 5)]);
      read += 5;
    }
  });

  test('grows without changing the order', () => {
    const ring = new RingBuffer(4, 64);
    ring.write(ramp(0, 3));
    ring.read(new Float32Array(2));
    ring.write(ramp(3, 20));
    const out = new Float32Array(21);
    expect(ring.read(out)).toBe(21);
    expect([...out]).toEqual([...ramp(2, 21)]);
  });

  test('refuses and counts samples beyond its limit and keeps its content', () => {
    const ring = new RingBuffer(4, 8);
    expect(ring.write(ramp(0, 12))).toBe(8);
    expect(ring.refused).toBe(4);
    const out = new Float32Array(12);
    expect(ring.read(out)).toBe(8);
    expect([...out.subarray(0, 8)]).toEqual([...ramp(0, 8)]);
  });

  test('is empty after clear', () => {
    const ring = new RingBuffer(8, 8);
    ring.write(ramp(0, 6));
    ring.clear();
    expect(ring.length).toBe(0);
    expect(ring.read(new Float32Array(4))).toBe(0);
  });
});

const sine = (hertz: number, rate: number, count: number) =>
  Float32Array.from({ length: count }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate) * 0.5);

function inChunks(resampler: Resampler, input: Float32Array, size: number): Float32Array {
  const parts: Float32Array[] = [];
  for (let at = 0; at < input.length; at += size) parts.push(resampler.process(input.subarray(at, at + size)));
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Power at one frequency relative to the remaining power, in decibels. */
function noiseDecibels(signal: Float32Array, hertz: number, rate: number): number {
  let cos = 0;
  let sin = 0;
  let power = 0;
  signal.forEach((value, n) => {
    cos += value * Math.cos((2 * Math.PI * hertz * n) / rate);
    sin += value * Math.sin((2 * Math.PI * hertz * n) / rate);
    power += value * value;
  });
  const tone = (2 * (cos * cos + sin * sin)) / signal.length;
  return 10 * Math.log10(Math.max(power - tone, 1e-12) / power);
}

describe('The resampler', () => {
  for (const [from, to] of [
    [48_000, 16_000],
    [44_100, 16_000],
    [24_000, 48_000],
    [24_000, 44_100],
    [16_000, 24_000],
  ] as const) {
    test(`${from} to ${to} keeps the tone and the length`, () => {
      // Whole periods of the tone in what is measured.
      const resampled = inChunks(new Resampler(from, to), sine(1000, from, from), 128);
      expect(Math.abs(resampled.length - to)).toBeLessThan(to / 100);
      const measured = resampled.subarray(to / 5, to / 5 + (to / 100) * 25);
      expect(noiseDecibels(measured, 1000, to)).toBeLessThan(-80);
    });
  }

  test('does not alias frequencies above the new band', () => {
    const resampled = inChunks(new Resampler(48_000, 16_000), sine(11_000, 48_000, 48_000), 128);
    const loudest = resampled.subarray(2000).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(20 * Math.log10(loudest / 0.5)).toBeLessThan(-60);
  });

  test.each([
    [44_100, 16_000],
    [24_000, 48_000],
  ])('%i to %i gives the same for any chunks', (from, to) => {
    const input = sine(440, from, 10_000);
    const whole = new Resampler(from, to).process(input);
    for (const size of [1, 7, 128, 4096]) expect(inChunks(new Resampler(from, to), input, size)).toEqual(whole);
  });

  test('does not drift in a minute', () => {
    expect(Math.abs(inChunks(new Resampler(44_100, 16_000), new Float32Array(44_100 * 60), 4410).length - 16_000 * 60)).toBeLessThan(64);
  });
});

describe('PCM', () => {
  test('converts to 16 bit and back within half a step', () => {
    const samples = Float32Array.from([-1, -0.5, 0, 0.25, 0.999]);
    const back = bytesToFloat(new Uint8Array(floatToPcm(samples).buffer));
    expect([...back].every((value, index) => Math.abs(value - (samples[index] as number)) < 1 / 16_000)).toBe(true);
  });

  test('is clipped at full scale', () => {
    expect([...floatToPcm(Float32Array.from([2, -2]))]).toEqual([32_767, -32_768]);
  });

  test('base64 is encoded, and decoded in both alphabets', () => {
    const bytes = Uint8Array.from({ length: 70_001 }, (_, index) => (index * 7) % 256);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect([...fromBase64('-_8')]).toEqual([0xfb, 0xff]);
  });

  test('rate is read from the MIME type', () => {
    expect(rateOf('audio/pcm;rate=48000', 24_000)).toBe(48_000);
    expect(rateOf('audio/pcm', 24_000)).toBe(24_000);
  });

  test('WAV file contains length and rate', () => {
    const view = new DataView(wav([new Uint8Array(100), new Uint8Array(60)], 24_000).buffer);
    expect(view.getUint32(24, true)).toBe(24_000);
    expect(view.getUint32(40, true)).toBe(160);
    expect(view.byteLength).toBe(204);
  });
});
