import { useEffect } from 'preact/hooks';
import type { GivenFile } from '../recordings/open';
import { compareWith, exportSession, opened, openFiles, openPrevious, previous, showOpened } from '../session/files';
import { Icon } from '../ui/icon';
import { addressOf } from '../ui/route';
import { showCode } from './code-dialog';

const given = (list: FileList | null): GivenFile[] =>
  [...(list ?? [])].map((file) => ({
    path: file.webkitRelativePath || file.name,
    bytes: async () => new Uint8Array(await file.arrayBuffer()),
  }));

/** What can be done with files: open, compare, export. */
export function Files({ empty }: { empty: boolean }) {
  const { sessions, shown } = opened.value;
  return (
    <div class="row files">
      {sessions.length > 1 && (
        <select
          aria-label="Session of the recording"
          value={String(shown)}
          onChange={(event) => showOpened(Number(event.currentTarget.value))}
          data-testid="session-choice"
        >
          {sessions.map(({ name }, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      )}
      {previous.value && (
        <button type="button" onClick={() => void openPrevious()} data-testid="previous">
          Previous session
        </button>
      )}
      <Choose label="Open" run={openFiles} id="open-export" />
      <Choose label="Open folder" run={openFiles} id="open-folder" folder />
      {!empty && (
        <>
          <Choose label="Compare" run={compareWith} id="compare-with" />
          <button type="button" onClick={showCode} data-testid="as-code">
            As code
          </button>
          <button type="button" onClick={() => void exportSession()} data-testid="export">
            Export
          </button>
        </>
      )}
    </div>
  );
}

interface ChooseProps {
  label: string;
  run(files: GivenFile[]): Promise<void>;
  id: string;
  folder?: boolean;
}

function Choose({ label, run, id, folder }: ChooseProps) {
  return (
    <label class="button">
      {label}
      <input
        class="visually-hidden"
        type="file"
        multiple
        {...(folder ? { webkitdirectory: true } : { accept: '.zip,.jsonl' })}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = given(input.files);
          if (files.length > 0) void run(files);
          // The same file can be opened again.
          input.value = '';
        }}
        data-testid={id}
      />
    </label>
  );
}

/** Before there is a session. */
export function Nothing() {
  return (
    <div class="panel nothing">
      <Icon name="open" />
      <h3>No session yet</h3>
      <p>
        <a href={addressOf('talk')}>Start a session</a>, or drop a recording here: an export of this page, a cassette, or a file or folder
        of <code>parley serve --record</code> or <code>parley talk --record</code>.
      </p>
    </div>
  );
}

/** Opens what is dropped on the page. */
export function useDrop(): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const roots = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter((root) => root !== null);
      void filesIn(roots).then((files) => (files.length > 0 ? openFiles(files) : undefined));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

/** All files in folders and files that were dropped. */
async function filesIn(roots: FileSystemEntry[]): Promise<GivenFile[]> {
  const files: GivenFile[] = [];
  for (const root of roots) {
    if (root.isFile) {
      const file = await new Promise<File>((resolve, reject) => (root as FileSystemFileEntry).file(resolve, reject));
      files.push({ path: root.fullPath.replace(/^\//, ''), bytes: async () => new Uint8Array(await file.arrayBuffer()) });
      continue;
    }
    const reader = (root as FileSystemDirectoryEntry).createReader();
    // A reader returns its entries in portions; an empty one is the last.
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) break;
      files.push(...(await filesIn(part)));
    }
  }
  return files;
}
