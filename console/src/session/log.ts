import { kindOf } from '../protocol/media';

/** Local events, which no message contains, such as the start and end of audio. */
export type LocalMark =
  | 'speechStarted'
  | 'speechEnded'
  | 'audible'
  | 'silent'
  | 'drained'
  | 'connecting'
  | 'connected'
  | 'closed'
  | 'queued';

/**
 * One line of the log. `in` is what the client sent and `out` what the server sent, as in the recordings of `parley serve --record`;
 * `local` is a local event.
 */
export interface Entry {
  n: number;
  /** Milliseconds since the log began. */
  t: number;
  dir: 'in' | 'out' | 'local';
  kind: string;
  bytes: number;
  message: unknown;
  mark?: LocalMark;
  /** Close code and text, of `closed`. */
  code?: number;
  reason?: string;
  /** The message, of `queued`: it was typed while there was no connection. */
  text?: string;
  /** Number of the turn that it belongs to, if it belongs to one. */
  turn?: number;
}

/** Most bytes kept in memory; the oldest messages are dropped first, several at once. */
const mostBytes = 96 << 20;
const bytesAfterDrop = 90 << 20;

/** The messages of a session in order, and a listener for new ones. */
export class SessionLog {
  entries: Entry[] = [];
  dropped = 0;

  private bytes = 0;
  private count = 0;
  private readonly started: number;

  constructor(
    private readonly listener: (entry: Entry) => void,
    private readonly clock: () => number = () => performance.now(),
    private readonly dropping: (entries: Entry[]) => void = () => {},
  ) {
    this.started = clock();
  }

  now(): number {
    return this.clock() - this.started;
  }

  message(dir: 'in' | 'out', raw: string, message: unknown, t = this.now()): void {
    this.add({ n: ++this.count, t, dir, kind: kindOf(message), bytes: raw.length, message });
  }

  mark(mark: LocalMark, details: Pick<Entry, 'code' | 'reason' | 'text'> & { t?: number } = {}): void {
    this.add({ n: ++this.count, t: this.now(), dir: 'local', kind: mark, bytes: 0, message: undefined, mark, ...details });
  }

  /** Adds an entry, such as one of an export, unchanged. */
  add(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += entry.bytes;
    this.count = Math.max(this.count, entry.n);
    if (this.bytes > mostBytes) this.drop();
    this.listener(entry);
  }

  private drop(): void {
    this.dropping(this.entries);
    let removed = 0;
    while (this.bytes > bytesAfterDrop && removed < this.entries.length - 1) this.bytes -= (this.entries[removed++] as Entry).bytes;
    this.entries = this.entries.slice(removed);
    this.dropped += removed;
  }
}
