// Composes audio for the fake microphone of a browser from WAV files and silence.
import { readFile, writeFile } from 'node:fs/promises';
import { check } from './peer.mjs';

/** PCM16 mono samples and rate of a WAV file. */
export async function readWav(path) {
  const file = await readFile(path);
  let rate = 0;
  for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4) + (file.readUInt32LE(at + 4) % 2)) {
    const name = file.toString('latin1', at, at + 4);
    if (name === 'fmt ') rate = file.readUInt32LE(at + 12);
    if (name === 'data') {
      const bytes = file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4));
      return { rate, samples: Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2)) };
    }
  }
  throw new Error(`${path} contains no audio.`);
}

/** Writes a WAV file composed of parts: a number is a duration of silence in seconds, a string the path of a WAV file. */
export async function compose(path, rate, parts) {
  const pieces = [];
  for (const part of parts) {
    if (typeof part === 'number') {
      pieces.push(new Int16Array(Math.round(part * rate)));
      continue;
    }
    const audio = await readWav(part);
    pieces.push(audio.rate === rate ? audio.samples : stretch(audio.samples, audio.rate, rate));
  }
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const file = Buffer.alloc(44 + count * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + count * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(count * 2, 40);
  let at = 44;
  for (const piece of pieces) {
    Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).copy(file, at);
    at += piece.byteLength;
  }
  await writeFile(path, file);
}

// Linear interpolation, which is good enough for recognition when upsampling by a whole factor.
function stretch(samples, from, to) {
  check(to >= from, 'Only upsampling is supported.');
  const out = new Int16Array(Math.floor((samples.length * to) / from));
  for (let i = 0; i < out.length; i++) {
    const position = (i * from) / to;
    const index = Math.floor(position);
    const next = samples[Math.min(index + 1, samples.length - 1)];
    out[i] = Math.round(samples[index] + (next - samples[index]) * (position - index));
  }
  return out;
}
