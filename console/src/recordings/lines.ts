import { fromBase64 } from '../audio/pcm';
import { kindOf } from '../protocol/media';
import type { Entry, LocalMark } from '../session/log';

/** A line of a recording or cassette (docs/cassettes.md#format). */
export interface Line {
  t?: number;
  dir?: string;
  op?: string;
  json?: unknown;
  text?: string;
  bytes?: string;
  /** Number of the connection, in a cassette. */
  c?: number;
  /** Date of the first line of a recording. */
  at?: string;
  cassette?: number;
  mark?: LocalMark;
  code?: number;
  reason?: string;
}

/** The lines of a file. The error of a line that is not JSON says which one it is. */
export function parseLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    let line: unknown;
    try {
      line = JSON.parse(row);
    } catch {
      throw new Error(`Line ${index + 1} is not JSON.`);
    }
    if (line !== null && typeof line === 'object') lines.push(line as Line);
  }
  return lines;
}

/** The entry of a line; undefined if the line is none. `later` is added to its time, in milliseconds. */
export function entryOf(line: Line, n: number, later = 0): Entry | undefined {
  const { dir, op, json, mark, text } = line;
  const t = Math.max(0, (Number(line.t) || 0) * 1000 + later);
  const local = (kind: LocalMark, code?: number, reason?: string): Entry => ({
    n,
    t,
    dir: 'local',
    kind,
    bytes: 0,
    message: undefined,
    mark: kind,
    ...(code ? { code } : {}),
    ...(reason ? { reason } : {}),
    ...(mark && text ? { text } : {}),
  });
  if (dir === 'local') return mark && local(mark, line.code, line.reason);
  if (dir !== 'in' && dir !== 'out') return undefined;
  if (op === 'close') return closeOf(line, local);
  if (op === 'lost') return local('closed', 1006);
  const message = json ?? text;
  if (message === undefined) return undefined;
  return { n, t, dir, kind: kindOf(message), bytes: JSON.stringify(message).length, message };
}

/** A close: in a cassette with code and reason, in a recording with the bytes of the frame. */
function closeOf({ code, reason, bytes = '' }: Line, local: (kind: LocalMark, code?: number, reason?: string) => Entry): Entry {
  if (code !== undefined) return local('closed', code, reason);
  const frame = fromBase64(/^[\w+/=-]*$/.test(bytes) ? bytes : '');
  if (frame.length < 2) return local('closed', 1005);
  return local('closed', ((frame[0] as number) << 8) | (frame[1] as number), new TextDecoder().decode(frame.subarray(2)));
}
