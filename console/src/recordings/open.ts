import type { ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry } from '../session/log';
import { CassetteMedia } from './cassette-media';
import { entryOf, type Line, parseLines } from './lines';

export interface RecordedSession {
  name: string;
  entries: Entry[];
  /** Audio and pictures are in files that were not opened. */
  incomplete: boolean;
}

/** A file that was chosen: one, several, or all of a folder. The path begins with the name of the folder, if there is one. */
export interface GivenFile {
  path: string;
  bytes(): Promise<Uint8Array>;
}

/** One connection of a recording: its lines, and when it began. */
interface Connection {
  lines: Line[];
  start: number;
}

const largest = 512 << 20;

/** The sessions of an export, a cassette, or a recording of `parley serve --record` or `parley talk --record`. */
export async function open(given: GivenFile[]): Promise<RecordedSession[]> {
  const files = await unzipped(given);
  const texts = files.filter(({ path }) => path.endsWith('.jsonl'));
  const messages = texts.filter(({ path }) => nameOf(path) === 'messages.jsonl');
  const chosen = messages.length > 0 ? messages : texts.length > 0 ? texts : files.length === 1 ? files : [];
  if (chosen.length === 0) throw new Error('There is no .jsonl file. Open an export, a cassette, or a folder that --record wrote.');
  const connections: Connection[] = [];
  let incomplete = false;
  for (const file of chosen) {
    const lines = await linesOf(file);
    if (lines[0]?.cassette === undefined) {
      // The times of each file begin at zero; its first line has the date.
      connections.push({ lines, start: Date.parse(lines[0]?.at ?? '') || 0 });
      continue;
    }
    const read = await cassette(lines, file.path, files);
    connections.push(...read.connections);
    incomplete ||= read.incomplete;
  }
  const sessions = sessionsOf(connections);
  if (sessions.every((entries) => entries.length === 0)) throw new Error('The file contains no messages.');
  const name = given[0]?.path.split('/')[0] ?? '';
  return sessions.map((entries, index) => ({ name: sessions.length > 1 ? `${name}, session ${index + 1}` : name, entries, incomplete }));
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

async function unzipped(given: GivenFile[]): Promise<GivenFile[]> {
  const files: GivenFile[] = [];
  for (const file of given) {
    if (!(await isZip(file))) {
      files.push(file);
      continue;
    }
    const { unzipSync } = await import('fflate');
    let size = 0;
    // The sizes in an archive are claims; the sum keeps a small file from filling the memory.
    const parts = unzipSync(await file.bytes(), {
      filter: ({ name, originalSize }) => {
        size += originalSize;
        if (size > largest) throw new Error('The archive is too large: more than 512 MB.');
        return /\.jsonl$|\/?(audio|media)\/[^/]+$/.test(name);
      },
    });
    for (const [path, bytes] of Object.entries(parts)) files.push({ path, bytes: async () => bytes });
    if (!Object.keys(parts).some((path) => path.endsWith('.jsonl')))
      throw new Error('The archive contains no messages.jsonl, so it is not an export of this console.');
  }
  return files;
}

async function isZip({ path, bytes }: GivenFile): Promise<boolean> {
  if (/\.(jsonl|wav|jpg|png|audio|bin)$/.test(path)) return false;
  const file = await bytes();
  return file[0] === 0x50 && file[1] === 0x4b;
}

async function linesOf({ path, bytes }: GivenFile): Promise<Line[]> {
  try {
    return parseLines(new TextDecoder().decode(await bytes()));
  } catch (error) {
    throw new Error(`${nameOf(path)}: ${(error as Error).message}`);
  }
}

async function cassette(lines: Line[], path: string, files: GivenFile[]): Promise<{ connections: Connection[]; incomplete: boolean }> {
  if (lines[0]?.cassette !== 1) throw new Error(`The cassette has version ${lines[0]?.cassette}; this page reads version 1.`);
  const folder = path.slice(0, -nameOf(path).length);
  const media = await CassetteMedia.load(files.filter((file) => file.path.startsWith(folder)));
  const connections = new Map<number, Connection>();
  for (const line of lines.slice(1)) {
    const number = line.c ?? 1;
    if (!connections.has(number)) connections.set(number, { lines: [], start: 0 });
    if (line.op !== 'open') connections.get(number)?.lines.push({ ...line, json: media.expand(line.json) });
  }
  return { connections: [...connections.values()], incomplete: media.missing > 0 };
}

/** Puts the connections of each session together: a session goes on at the connection that resumes one of its handles. */
function sessionsOf(connections: Connection[]): Entry[][] {
  const ordered = [...connections].sort((a, b) => a.start - b.start);
  const first = ordered[0]?.start ?? 0;
  const sessions: { entries: Entry[]; handles: Set<string> }[] = [];
  for (const { lines, start } of ordered) {
    const entries = lines.flatMap((line) => entryOf(line, 0, start - first) ?? []);
    const handle = handleOf(entries);
    const earlier = handle === undefined ? undefined : sessions.find(({ handles }) => handles.has(handle));
    const session = earlier ?? { entries: [], handles: new Set() };
    if (!earlier) sessions.push(session);
    for (const entry of entries) session.entries.push(entry);
    for (const { message, dir } of entries) {
      const issued = dir === 'out' ? (message as ServerMessage | null)?.sessionResumptionUpdate?.newHandle : undefined;
      if (issued) session.handles.add(issued);
    }
  }
  return sessions.filter(({ entries }) => entries.length > 0).map(({ entries }) => numbered(entries));
}

const handleOf = (entries: Entry[]): string | undefined =>
  entries
    .filter(({ dir }) => dir === 'in')
    .map(({ message }) => (message as ClientMessage | null)?.setup?.sessionResumption?.handle)
    .find((handle) => handle !== undefined);

/** In the order of time, from zero. */
function numbered(entries: Entry[]): Entry[] {
  entries.sort((a, b) => a.t - b.t);
  const zero = entries[0]?.t ?? 0;
  for (const [index, entry] of entries.entries()) {
    entry.n = index + 1;
    if (zero > 60_000) entry.t -= zero;
  }
  return entries;
}
