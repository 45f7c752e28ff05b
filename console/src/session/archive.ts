import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import { kindOf } from '../protocol/media';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry, LocalMark } from './log';

const messagesFile = 'messages.jsonl';

/** A line as `parley serve --record` writes it; lines of local events have the direction `local`. */
function line(entry: Entry): string {
  const t = Math.round(entry.t * 1000) / 1_000_000;
  if (entry.dir !== 'local') return JSON.stringify({ t, dir: entry.dir, op: 'text', json: entry.message });
  return JSON.stringify({ t, dir: 'local', mark: entry.mark, code: entry.code, reason: entry.reason, text: entry.text });
}

export const toLines = (entries: Entry[]): string => entries.map((entry) => `${line(entry)}\n`).join('');

/** Reads lines of this console, of `parley serve --record` and of `parley talk --record`. Lines that are not messages are skipped. */
export function fromLines(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const row of text.split('\n')) {
    if (row.trim() === '') continue;
    const {
      t,
      dir,
      json,
      mark,
      code,
      reason,
      text: typed,
    } = JSON.parse(row) as {
      t: number;
      dir: Entry['dir'];
      json?: unknown;
      mark?: LocalMark;
      code?: number;
      reason?: string;
      text?: string;
    };
    const n = entries.length + 1;
    if (dir === 'local' && mark) {
      entries.push({
        n,
        t: t * 1000,
        dir,
        kind: mark,
        bytes: 0,
        message: undefined,
        mark,
        ...(code ? { code } : {}),
        ...(reason ? { reason } : {}),
        ...(typed ? { text: typed } : {}),
      });
    } else if ((dir === 'in' || dir === 'out') && json !== undefined) {
      entries.push({ n, t: t * 1000, dir, kind: kindOf(json), bytes: JSON.stringify(json).length, message: json });
    }
  }
  if (entries.length === 0) throw new Error('The file contains no messages.');
  return entries;
}

/** The session as one file: messages and the audio of both sides. */
export async function pack(entries: Entry[]): Promise<Uint8Array<ArrayBuffer>> {
  const { strToU8, zipSync } = await import('fflate');
  return zipSync({
    [messagesFile]: strToU8(toLines(entries)),
    'user.wav': wav(audioOf(entries, 'in'), inputRate),
    'model.wav': wav(audioOf(entries, 'out'), outputRate),
  }) as Uint8Array<ArrayBuffer>;
}

export async function unpack(file: Uint8Array): Promise<Entry[]> {
  if (file[0] !== 0x50 || file[1] !== 0x4b) return fromLines(new TextDecoder().decode(file));
  const { strFromU8, unzipSync } = await import('fflate');
  const messages = unzipSync(file, { filter: ({ name }) => name === messagesFile })[messagesFile];
  if (!messages) throw new Error(`The file contains no ${messagesFile}, so it is not an export of this console.`);
  return fromLines(strFromU8(messages));
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
