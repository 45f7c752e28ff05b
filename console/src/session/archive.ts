import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import { AudioIndex } from '../timeline/audio-index';
import type { Entry } from './log';

const messagesFile = 'messages.jsonl';

/** A line as `parley serve --record` writes it; lines of local events have the direction `local`. */
function line(entry: Entry): string {
  const t = Math.round(entry.t * 1000) / 1_000_000;
  if (entry.dir !== 'local') return JSON.stringify({ t, dir: entry.dir, op: 'text', json: entry.message });
  return JSON.stringify({ t, dir: 'local', mark: entry.mark, code: entry.code, reason: entry.reason, text: entry.text });
}

export const toLines = (entries: Entry[]): string => entries.map((entry) => `${line(entry)}\n`).join('');

/** The session as one file: messages and the audio of both sides. */
export async function pack(entries: Entry[]): Promise<Uint8Array<ArrayBuffer>> {
  const { strToU8, zipSync } = await import('fflate');
  return zipSync({
    [messagesFile]: strToU8(toLines(entries)),
    'user.wav': wav(audioOf(entries, 'in'), inputRate),
    'model.wav': wav(audioOf(entries, 'out'), outputRate),
  }) as Uint8Array<ArrayBuffer>;
}

/** Reads an export. */
export async function unpack(file: Uint8Array): Promise<Entry[]> {
  const { open } = await import('../recordings/open');
  return (await open([{ path: 'export', bytes: async () => file }]))[0]?.entries ?? [];
}

/** Shorter gaps are those of a network, not silence: the audio goes on without them. */
const shortestSilence = 100;

/** The audio of one side as it was heard, on the clock of the session: both files run in parallel. */
export function audioOf(entries: Entry[], dir: 'in' | 'out'): Uint8Array[] {
  const index = new AudioIndex();
  index.update(entries);
  const [{ clips }, rate] = dir === 'in' ? [index.user, inputRate] : [index.model, outputRate];
  const perMs = (rate / 1000) * 2;
  const chunks: Uint8Array[] = [];
  let written = 0;
  for (const { at, ms, audio } of clips) {
    if (rateOf(audio.mimeType ?? '', rate) !== rate) continue;
    const silence = Math.floor(at * (rate / 1000)) * 2 - written;
    if (silence > shortestSilence * perMs) {
      chunks.push(new Uint8Array(silence));
      written += silence;
    }
    // The rest of an interrupted answer was not heard.
    const heard = fromBase64(audio.data ?? '').subarray(0, Math.round(ms * (rate / 1000)) * 2);
    chunks.push(heard);
    written += heard.length;
  }
  return chunks;
}
