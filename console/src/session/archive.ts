import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
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

/** The audio of one side on the time axis of the session: gaps are filled with silence, so that both files run in parallel. */
export function audioOf(entries: Entry[], dir: 'in' | 'out'): Uint8Array[] {
  const rate = dir === 'in' ? inputRate : outputRate;
  const chunks: Uint8Array[] = [];
  let written = 0;
  for (const entry of entries) {
    if (entry.dir !== dir) continue;
    for (const { mimeType = '', data = '' } of blobsOf(entry)) {
      if (!mimeType.startsWith('audio/pcm') || rateOf(mimeType, rate) !== rate) continue;
      const bytes = fromBase64(data);
      const due = Math.floor((entry.t / 1000) * rate) * 2 - (dir === 'in' ? bytes.length : 0);
      if (due - written > rate / 5) {
        chunks.push(new Uint8Array(due - written));
        written = due;
      }
      chunks.push(bytes);
      written += bytes.length;
    }
  }
  return chunks;
}

function blobsOf(entry: Entry): { mimeType?: string; data?: string }[] {
  if (entry.message === null || typeof entry.message !== 'object') return [];
  if (entry.dir === 'in') {
    const audio = (entry.message as ClientMessage).realtimeInput?.audio;
    return audio ? [audio] : [];
  }
  return ((entry.message as ServerMessage).serverContent?.modelTurn?.parts ?? []).flatMap((part) =>
    part.inlineData ? [part.inlineData] : [],
  );
}
