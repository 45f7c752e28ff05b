import type { Entry } from './log';

/** Kinds of messages that are shown or hidden together, and the fields that belong to them. */
export const groups = {
  text: ['text', 'clientContent', 'thought'],
  transcripts: ['inputTranscription', 'outputTranscription', 'interimInputTranscription'],
  audio: ['audio', 'audioStreamEnd'],
  pictures: ['video', 'image'],
  turns: ['turnComplete', 'generationComplete', 'interrupted', 'turnCompleteReason'],
  'voice activity': ['voiceActivity', 'activityStart', 'activityEnd'],
  functions: ['toolCall', 'toolResponse', 'toolCallCancellation'],
  session: ['setup', 'setupComplete', 'goAway', 'sessionResumptionUpdate'],
  usage: ['usageMetadata'],
  'page events': [],
  others: [],
} as const satisfies Record<string, readonly string[]>;

export type Group = keyof typeof groups;

const groupOf = new Map<string, Group>(Object.entries(groups).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group as Group])));

const known = new Map<string, Group[]>();

/** The groups of a message: those of its parts. */
export function groupsOf({ dir, kind }: Pick<Entry, 'dir' | 'kind'>): Group[] {
  if (dir === 'local') return ['page events'];
  let found = known.get(kind);
  if (!found) {
    found = [...new Set(kind.split(' + ').map((part) => groupOf.get(part) ?? 'others'))];
    // Kinds come from messages, so there could be any number of them.
    if (known.size < 1_000) known.set(kind, found);
  }
  return found;
}

export interface Filter {
  direction: 'all' | Entry['dir'];
  /** Groups that are shown; empty: all but messages that contain nothing but audio. */
  groups: ReadonlySet<Group>;
  text: string;
  /** Number of a turn; undefined: of all. */
  turn: number | undefined;
}

export const noFilter: Filter = { direction: 'all', groups: new Set(), text: '', turn: undefined };

export function matches(entry: Entry, { direction, groups, text, turn }: Filter): boolean {
  if (direction !== 'all' && entry.dir !== direction) return false;
  if (turn !== undefined && entry.turn !== turn) return false;
  if (groups.size === 0 ? entry.kind === 'audio' : !groupsOf(entry).some((group) => groups.has(group))) return false;
  return !text || textOf(entry).includes(text.toLowerCase());
}

const texts = new WeakMap<Entry, string>();

/** What the search looks at: the kind and the content, without media. */
function textOf(entry: Entry): string {
  const found = texts.get(entry);
  if (found !== undefined) return found;
  const content = JSON.stringify(entry.message ?? entry.text ?? entry.reason ?? '', (name, value) =>
    name === 'data' && typeof value === 'string' && value.length > 256 ? '' : value,
  );
  const text = `${entry.kind} ${content}`.toLowerCase();
  if (entry.kind !== 'audio') texts.set(entry, text);
  return text;
}

/** The messages that a filter lets through. It reads each message once, as long as the filter is the same. */
export class FilteredLog {
  shown: Entry[] = [];
  readonly counts = new Map<Group, number>();

  private filter: Filter | undefined;
  private seen = 0;
  private first = 0;
  private counted = 0;

  update(entries: Entry[], filter: Filter): Entry[] {
    const oldest = entries[0]?.n ?? 0;
    if (filter !== this.filter) {
      this.shown = [];
      this.seen = 0;
    }
    if (oldest > this.first) this.shown = this.shown.slice(indexAt(this.shown, ({ n }) => n >= oldest));
    for (let index = Math.max(0, this.seen - oldest + 1); index < entries.length; index++) {
      const entry = entries[index] as Entry;
      if (matches(entry, filter)) this.shown.push(entry);
      this.seen = entry.n;
    }
    for (let index = Math.max(0, this.counted - oldest + 1); index < entries.length; index++) {
      const entry = entries[index] as Entry;
      for (const group of groupsOf(entry)) this.counts.set(group, (this.counts.get(group) ?? 0) + 1);
      this.counted = entry.n;
    }
    this.filter = filter;
    this.first = oldest;
    return this.shown;
  }
}

/** Index of the first element for which a condition holds; it holds for all after it. */
export function indexAt<T>(list: readonly T[], holds: (one: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
