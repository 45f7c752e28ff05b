import { useState } from 'preact/hooks';
import { createKey, revokeKey, setLimits } from '../session/admin';
import type { AdminKey, AdminSnapshot, KeyLimits } from '../session/admin-types';
import { costOf } from '../session/usage';
import { CopyButton } from '../ui/copy-button';
import { confirmed } from '../ui/dialog';
import { Text } from '../ui/fields';
import { plural } from '../ui/format';
import { act, date, Table } from './admin-table';
import { draftOf, type LimitDraft, LimitFields, limitsOf, limitWords } from './limit-fields';

/** The keys with limits and today's usage, and forms to create and change one. */
export function Keys({ known }: { known: AdminSnapshot }) {
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<{ name: string; secret: string } | undefined>(undefined);
  const [old, setOld] = useState(false);
  const valid = known.keys.filter((key) => key.valid);
  const shown = old ? known.keys : valid;
  return (
    <section class="panel">
      <div class="title">
        <h3>Keys</h3>
        <div class="row">
          {valid.length < known.keys.length && (
            <label class="check">
              <input type="checkbox" checked={old} onChange={(event) => setOld(event.currentTarget.checked)} /> Show revoked and expired
            </label>
          )}
          {!creating && (
            <button type="button" class="primary" onClick={() => setCreating(true)} data-testid="create-key">
              Create a key
            </button>
          )}
        </div>
      </div>
      {creating && (
        <CreateKey
          close={() => setCreating(false)}
          created={(name, secret) => {
            setMade({ name, secret });
            setCreating(false);
          }}
        />
      )}
      {made && (
        <div class="command made" role="status">
          <p>
            <b>{made.name}</b> — copy the key now: it is shown only this once.
          </p>
          <code data-testid="new-key">{made.secret}</code>
          <CopyButton text={made.secret} label="Copy the key" />
          <button type="button" class="quiet" onClick={() => setMade(undefined)}>
            Done
          </button>
        </div>
      )}
      {shown.length === 0 ? (
        <p class="hint">No keys yet. Create one for each client, customer or team: each has its own limits and usage.</p>
      ) : (
        <Table title="Keys" head={['Key', 'Open sessions', 'Today', 'Limits']}>
          {shown.map((key) => (
            <Row key={key.id} entry={key} currency={known.currency} />
          ))}
        </Table>
      )}
    </section>
  );
}

function Row({ entry, currency }: { entry: AdminKey; currency: string | undefined }) {
  const [editing, setEditing] = useState(false);
  const { today } = entry;
  const revoke = async () => {
    const yes = await confirmed({
      title: `Revoke the key “${entry.name}”?`,
      lines: [
        `${entry.openSessions === 0 ? 'It has no open sessions.' : `Its ${plural(entry.openSessions, 'open session')} ${entry.openSessions === 1 ? 'ends' : 'end'} at once.`} A revoked key cannot be restored.`,
      ],
      confirm: 'Revoke the key',
      decline: 'Cancel',
      danger: true,
    });
    if (yes) await act(revokeKey(entry.id));
  };
  return (
    <>
      <tr data-testid="key">
        <td data-label="Key">
          <span class="name">{entry.name}</span>
          <span class="line">
            <code>{entry.id}</code>
            <CopyButton text={entry.id} label="Copy id" />
            {!entry.valid && <span class="tag">{entry.revoked ? 'revoked' : 'expired'}</span>}
            {entry.valid && entry.expires && <span class="tag">until {date(entry.expires)}</span>}
          </span>
        </td>
        <td data-label="Open sessions">{entry.openSessions}</td>
        <td data-label="Today">
          {today.sessions + today.minutes + today.promptTokens === 0
            ? 'not used'
            : `${plural(today.sessions, 'session')}, ${today.minutes.toLocaleString('en', { maximumFractionDigits: 1 })} min, ${plural(today.promptTokens + today.responseTokens, 'token')}`}
          {currency && today.cost !== undefined && `, ${costOf(today, currency)}`}
        </td>
        <td data-label="Limits">{limitWords(entry.limits)}</td>
        <td>
          {entry.valid && (
            <div class="row end">
              <button type="button" class="quiet" aria-expanded={editing} onClick={() => setEditing(!editing)}>
                Limits
              </button>
              <button type="button" class="quiet" onClick={() => void revoke()}>
                Revoke
              </button>
            </div>
          )}
        </td>
      </tr>
      {editing && (
        <tr class="edit">
          <td colSpan={5}>
            <ChangeLimits entry={entry} close={() => setEditing(false)} />
          </td>
        </tr>
      )}
    </>
  );
}

function ChangeLimits({ entry, close }: { entry: AdminKey; close(): void }) {
  const [draft, setDraft] = useState<LimitDraft>(draftOf(entry.limits));
  const [tried, setTried] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    const limits = limitsOf(draft);
    if (limits && (await act(setLimits(entry.id, limits)))) close();
  };
  return (
    <form class="key-form" onSubmit={(event) => void submit(event)} aria-label={`Limits of ${entry.name}`}>
      <LimitFields draft={draft} checked={tried} change={setDraft} />
      <p class="hint">Limits apply to running sessions too.</p>
      <Buttons confirm="Save limits" close={close} />
    </form>
  );
}

function CreateKey({ close, created }: { close(): void; created(name: string, secret: string): void }) {
  const [name, setName] = useState('');
  const [expires, setExpires] = useState('');
  const [draft, setDraft] = useState<LimitDraft>(draftOf({}));
  const [tried, setTried] = useState(false);
  const days = expires.trim() === '' ? 0 : Number(expires);
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    const limits: KeyLimits | undefined = limitsOf(draft);
    if (!limits || !name.trim() || !Number.isInteger(days) || days < 0) return;
    const end = days > 0 ? new Date(Date.now() + days * 86_400_000).toISOString() : undefined;
    await act(createKey(name.trim(), limits, end).then(({ key, secret }) => created(key.name, secret)));
  };
  return (
    <form class="key-form" onSubmit={(event) => void submit(event)} aria-label="New key">
      <Text
        label="Name"
        value={name}
        placeholder="such as: web site"
        error={tried && !name.trim() ? 'Give the key a name.' : undefined}
        onInput={setName}
      />
      <Text
        label="Valid for days"
        numeric
        value={expires}
        placeholder="no end"
        error={tried && !(Number.isInteger(days) && days >= 0) ? 'A whole number, or empty.' : undefined}
        onInput={setExpires}
      />
      <LimitFields draft={draft} checked={tried} change={setDraft} />
      <Buttons confirm="Create the key" close={close} />
    </form>
  );
}

function Buttons({ confirm, close }: { confirm: string; close(): void }) {
  return (
    <div class="row end buttons">
      <button type="button" onClick={close}>
        Cancel
      </button>
      <button type="submit" class="primary">
        {confirm}
      </button>
    </div>
  );
}
