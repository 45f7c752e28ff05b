import { toBase64 } from '../audio/pcm';
import type { GivenFile } from './open';

const reference = /^\$(audio|image|media):([0-9a-f]{16})@(\d{1,10})\+(\d{1,10})$/;

/** The audio and pictures of a cassette. Its messages refer to parts of them (docs/cassettes.md#format). */
export class CassetteMedia {
  /** Parts that no opened file has. */
  missing = 0;

  private constructor(private readonly clips: ReadonlyMap<string, Uint8Array>) {}

  static async load(files: GivenFile[]): Promise<CassetteMedia> {
    const clips = new Map<string, Uint8Array>();
    for (const file of files) {
      const [, hash, extension] = /(?:^|\/)(?:audio|media)\/([0-9a-f]{16})\.(\w+)$/.exec(file.path) ?? [];
      if (!hash) continue;
      const bytes = await file.bytes();
      clips.set(hash, extension === 'wav' ? samplesOf(bytes) : bytes);
    }
    return new CassetteMedia(clips);
  }

  /** A message with its media in place of the references. A part that no opened file has is empty. */
  expand(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.expand(one));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.expand(one)]));
    if (typeof value !== 'string' || !value.startsWith('$')) return value;
    const [, , hash, offset, count] = reference.exec(value) ?? [];
    const clip = hash ? this.clips.get(hash) : undefined;
    if (clip) return toBase64(clip.subarray(Number(offset), Number(offset) + Number(count)));
    if (hash) {
      this.missing++;
      return '';
    }
    // A text that only looks like a symbol has one dollar sign more.
    return /^\$\$+(handle|call|session|audio|image|media)/.test(value) ? value.slice(1) : value;
  }
}

/** The samples of a WAV file with PCM16. */
function samplesOf(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    const name = String.fromCharCode(...file.subarray(at, at + 4));
    if (name === 'data') return file.subarray(at + 8, Math.min(file.length, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return new Uint8Array();
}
