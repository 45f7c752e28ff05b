import { signal } from '@preact/signals';
import type { GivenFile, RecordedSession } from '../recordings/open';
import { confirmed } from '../ui/dialog';
import { pack } from './archive';
import { current } from './current';
import type { Entry } from './log';
import { say, settle } from './notices';
import { replay, start } from './session';
import { isOpen, state } from './state';

/** The session that was shown before, so that a new one or an opened file does not destroy it. */
export const previous = signal<Entry[] | undefined>(undefined);

interface Opened {
  sessions: RecordedSession[];
  shown: number;
}

const noFiles: Opened = { sessions: [], shown: 0 };

/** The sessions of the opened files, and which of them is shown; empty for a session of this page. */
export const opened = signal(noFiles);

/** The session beside the shown one. */
export const compared = signal<RecordedSession | undefined>(undefined);

export async function exportSession(): Promise<void> {
  save(new Blob([await pack(current.feed.log.entries)], { type: 'application/zip' }), `parley-${stamp()}.zip`);
}

const stamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(':', '-');

/** Saves a file as a download. */
export function save(file: Blob, name: string): void {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(file);
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

/** Opens an export, a cassette or a recording. */
export async function openFiles(files: GivenFile[]): Promise<void> {
  const sessions = await read(files);
  const first = sessions?.[0];
  if (!sessions || !first) return;
  try {
    if (!(await showEntries(first.entries, `Open ${nameOf(files)}?`))) return;
  } catch (error) {
    // The lines are JSON, but not messages of the Live API.
    say('file', 'error', `${nameOf(files)} cannot be opened.`, (error as Error).message);
    return;
  }
  opened.value = { sessions, shown: 0 };
  if (first.incomplete)
    say('file', 'hint', 'This cassette is shown without its audio, which is in other files.', 'Open the folder of the cassette.');
}

/** Shows another session of the opened files. */
export function showOpened(shown: number): void {
  const { sessions } = opened.value;
  const session = sessions[shown];
  if (!session) return;
  replay(session.entries);
  opened.value = { sessions, shown };
}

/** Opens a second session beside the shown one. */
export async function compareWith(files: GivenFile[]): Promise<void> {
  const sessions = await read(files);
  if (sessions) compared.value = sessions[0];
}

export async function openPrevious(): Promise<void> {
  if (previous.value) await showEntries(previous.value, 'Open the previous session?');
}

/** Starts a session; the one before can be opened in Inspect. */
export function startNew(withMicrophone: boolean): Promise<boolean> {
  keepPrevious();
  opened.value = noFiles;
  return start(withMicrophone);
}

async function read(files: GivenFile[]): Promise<RecordedSession[] | undefined> {
  try {
    const { open } = await import('../recordings/open');
    const sessions = await open(files);
    settle('file');
    return sessions;
  } catch (error) {
    say('file', 'error', `${nameOf(files)} cannot be opened.`, (error as Error).message);
    return undefined;
  }
}

const nameOf = (files: GivenFile[]): string => files[0]?.path.split('/')[0] ?? 'The file';

async function showEntries(entries: Entry[], title: string): Promise<boolean> {
  const lines = ['A session is running. It ends if you continue; its messages stay available as the previous session.'];
  if (isOpen() && !(await confirmed({ title, lines, confirm: 'End the session and open', decline: 'Keep the session' }))) return false;
  keepPrevious();
  opened.value = noFiles;
  replay(entries);
  settle('file');
  return true;
}

function keepPrevious(): void {
  const { entries } = current.feed.log;
  if (state.value !== 'idle' && state.value !== 'replay' && entries.length > 0) previous.value = entries;
}
