import { signal } from '@preact/signals';
import { confirmed } from '../ui/dialog';
import { pack, unpack } from './archive';
import { current } from './current';
import type { Entry } from './log';
import { say, settle } from './notices';
import { replay, start } from './session';
import { isOpen, state } from './state';

/** The session that was shown before, so that a new one or an opened file does not destroy it. */
export const previous = signal<Entry[] | undefined>(undefined);

export async function exportSession(): Promise<void> {
  const file = new Blob([await pack(current.feed.log.entries)], { type: 'application/zip' });
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(file);
  anchor.download = `parley-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.zip`;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

/** Opens an export or a recording. */
export async function openFile(file: File): Promise<void> {
  try {
    await showEntries(await unpack(new Uint8Array(await file.arrayBuffer())), `Open ${file.name}?`);
  } catch (error) {
    say('file', 'error', `${file.name} cannot be opened.`, (error as Error).message);
  }
}

export async function openPrevious(): Promise<void> {
  if (previous.value) await showEntries(previous.value, 'Open the previous session?');
}

/** Starts a session; the one before can be opened in Inspect. */
export function startNew(withMicrophone: boolean): Promise<boolean> {
  keepPrevious();
  return start(withMicrophone);
}

async function showEntries(entries: Entry[], title: string): Promise<void> {
  const lines = ['A session is running. It ends if you continue; its messages stay available as the previous session.'];
  if (isOpen() && !(await confirmed({ title, lines, confirm: 'End the session and open', decline: 'Keep the session' }))) return;
  keepPrevious();
  replay(entries);
  settle('file');
}

function keepPrevious(): void {
  const { entries } = current.feed.log;
  if (state.value !== 'idle' && state.value !== 'replay' && entries.length > 0) previous.value = entries;
}
