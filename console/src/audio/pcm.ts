/** Rates of the Live API (docs/protocol.md#23-media-encodings). */
export const inputRate = 16_000;
export const outputRate = 24_000;

export function floatToPcm(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.max(-1, Math.min(1, samples[i] as number));
    pcm[i] = Math.round(value < 0 ? value * 32_768 : value * 32_767);
  }
  return pcm;
}

/** Converts PCM16 little-endian to floats; the caller keeps an odd last byte. */
export function bytesToFloat(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.byteLength >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true) / 32_768;
  return samples;
}

/** Root mean square as a level of 0 to 1 over a range of 60 dB. */
export const levelOf = (rms: number): number => Math.max(0, Math.min(1, 1 + Math.log10(Math.max(rms, 1e-6)) / 3));

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** Accepts both alphabets, with or without padding. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** `audio/pcm;rate=24000` -> 24000; `otherwise` if the type has no rate. */
export function rateOf(mimeType: string, otherwise: number): number {
  const rate = /rate=(\d+)/.exec(mimeType)?.[1];
  return rate ? Number(rate) : otherwise;
}

/** A WAV file, PCM16 mono. */
export function wav(chunks: Uint8Array[], rate: number): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const file = new Uint8Array(44 + length);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) => file.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, length, true);
  let at = 44;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}
