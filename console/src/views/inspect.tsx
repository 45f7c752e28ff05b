import { useSignal } from '@preact/signals';
import { pack, unpack } from '../session/archive';
import { entries, replay, say, state, turns } from '../session/session';
import { outcomeOf } from '../session/turn';
import { MessageList } from './message-list';
import { SessionPanel } from './session-panel';
import { Waterfall } from './waterfall';

export function Inspect() {
  return (
    <div class="inspect">
      <div class="row">
        <h2>Inspect session</h2>
        <Files />
      </div>
      {entries.value.length === 0 ? (
        <p class="hint">
          Start a session in Talk, or open an exported session or a recording of parley serve --record or parley talk --record.
        </p>
      ) : (
        <div class="columns">
          <div>
            <SessionPanel />
            <Turns />
          </div>
          <MessageList />
        </div>
      )}
    </div>
  );
}

function Files() {
  const save = async () => {
    const file = new Blob([await pack(entries.value)], { type: 'application/zip' });
    const anchor = document.createElement('a');
    anchor.href = URL.createObjectURL(file);
    anchor.download = `parley-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.zip`;
    anchor.click();
    URL.revokeObjectURL(anchor.href);
  };
  const open = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    try {
      replay(await unpack(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      say('error', `${file.name} cannot be opened: ${(error as Error).message}`);
    }
  };
  return (
    <div class="row">
      <button type="button" disabled={entries.value.length === 0} onClick={() => void save()} data-testid="export">
        Export
      </button>
      <label class="button">
        Open
        <input
          class="visually-hidden"
          type="file"
          accept=".zip,.jsonl"
          onChange={(event) => void open(event.currentTarget.files)}
          data-testid="open-export"
        />
      </label>
    </div>
  );
}

function Turns() {
  const chosen = useSignal<number | undefined>(undefined);
  const all = turns.value;
  const turn = all.find(({ id }) => id === chosen.value) ?? all.at(-1);
  if (!turn) return null;
  return (
    <section class="panel">
      <h2>Timeline</h2>
      <div class="row">
        <button
          type="button"
          disabled={turn.id <= 1}
          onClick={() => {
            chosen.value = turn.id - 1;
          }}
        >
          Previous
        </button>
        <p aria-live="polite">
          Turn {turn.id} of {all.length}, {outcomeOf(turn).replace('_', ' ')}
        </p>
        <button
          type="button"
          disabled={turn.id >= all.length}
          onClick={() => {
            chosen.value = turn.id + 1 === all.length && state.value === 'live' ? undefined : turn.id + 1;
          }}
        >
          Next
        </button>
      </div>
      {turn.user && <p class="quote">“{turn.user}”</p>}
      <Waterfall turn={turn} />
    </section>
  );
}
