import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import {
  type AdminKey,
  type AdminSession,
  type AdminSnapshot,
  createKey,
  endSession,
  type KeyLimits,
  refresh,
  revokeKey,
} from '../session/admin';
import { say } from '../session/notices';
import { CopyButton } from '../ui/copy-button';
import { confirmed } from '../ui/dialog';
import { Text } from '../ui/fields';
import { plural } from '../ui/format';

const time = (text: string): string => new Date(text).toLocaleTimeString('en-GB');

function Table({ title, head, children }: { title: string; head: string[]; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table>
        <thead>
          <tr>
            {head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Runs a request and refreshes the view. */
async function act(what: Promise<unknown>): Promise<void> {
  try {
    await what;
  } catch (error) {
    say('admin', 'error', (error as Error).message);
  }
  await refresh();
}

/** The live sessions. */
export function Sessions({ known }: { known: AdminSnapshot }) {
  const nameOf = (id: string) => known.keys.find((key) => key.id === id)?.name ?? id;
  const end = async (session: AdminSession) => {
    const yes = await confirmed({
      title: 'End this session?',
      lines: [`The session ${session.id.slice(0, 8)} of ${nameOf(session.keyId)} is closed, and its client must start a new one.`],
      confirm: 'End the session',
      decline: 'Cancel',
      danger: true,
    });
    if (yes) await act(endSession(session.id));
  };
  return (
    <section class="panel">
      <h2>Live sessions</h2>
      {known.sessions.length === 0 ? (
        <p class="hint">No live sessions.</p>
      ) : (
        <Table title="Live sessions" head={['Session', 'Key', 'Model', 'Since', 'Until', 'Messages']}>
          {known.sessions.map((session) => (
            <tr key={session.connectionId}>
              <td data-label="Session" title={session.id}>
                <code>{session.id.slice(0, 8)}</code>
                {session.resumed && ', resumed'}
              </td>
              <td data-label="Key" title={session.keyId}>
                {nameOf(session.keyId)}
                {session.onToken && ', token'}
              </td>
              <td data-label="Model">{session.model.replace('models/', '')}</td>
              <td data-label="Since">{time(session.since)}</td>
              <td data-label="Until">{time(session.until)}</td>
              <td data-label="Messages">{session.messagesReceived.toLocaleString('en')}</td>
              <td>
                <button type="button" onClick={() => void end(session)}>
                  End
                </button>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

/** The keys, and a form for a new one. */
export function Keys({ keys }: { keys: AdminKey[] }) {
  const [name, setName] = useState('');
  const [sessions, setSessions] = useState('');
  const [minutes, setMinutes] = useState('');
  const [made, setMade] = useState<string | undefined>(undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    const limits: KeyLimits = {
      ...(sessions ? { maxSessions: Number(sessions) } : {}),
      ...(minutes ? { minutesPerDay: Number(minutes) } : {}),
    };
    await act(createKey(name, limits).then((created) => setMade(created.secret)));
    setName('');
  };
  const revoke = async (key: AdminKey) => {
    const yes = await confirmed({
      title: `Revoke the key “${key.name}”?`,
      lines: [`Its ${plural(key.openSessions, 'open session')} end at once, and it cannot be restored.`],
      confirm: 'Revoke the key',
      decline: 'Cancel',
      danger: true,
    });
    if (yes) await act(revokeKey(key.id));
  };
  return (
    <section class="panel">
      <h2>Keys</h2>
      {keys.length > 0 && (
        <Table title="Keys" head={['Name', 'Id', 'Open sessions', 'Today', 'Limits']}>
          {keys.map((key) => (
            <tr key={key.id}>
              <td data-label="Name">{key.name}</td>
              <td data-label="Id">
                <code>{key.id}</code>
              </td>
              <td data-label="Open sessions">{key.openSessions}</td>
              <td data-label="Today">
                {plural(key.today.sessions, 'session')}, {key.today.minutes} min,{' '}
                {plural(key.today.promptTokens + key.today.responseTokens, 'token')}
              </td>
              <td data-label="Limits">{limitWords(key.limits)}</td>
              <td>
                {key.valid ? (
                  <button type="button" onClick={() => void revoke(key)}>
                    Revoke
                  </button>
                ) : (
                  <span class="hint">{key.revoked ? 'revoked' : 'expired'}</span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {made && (
        <div class="command made" role="status">
          <span>New key, shown only this once:</span> <code data-testid="new-key">{made}</code>
          <CopyButton text={made} />
        </div>
      )}
      <form class="new-key" onSubmit={(event) => void submit(event)}>
        <Text label="Name of the new key" value={name} onInput={setName} />
        <Text label="Concurrent sessions" numeric value={sessions} placeholder="any" onInput={setSessions} />
        <Text label="Minutes per day" numeric value={minutes} placeholder="any" onInput={setMinutes} />
        <button type="submit" disabled={!name.trim()}>
          Create key
        </button>
      </form>
    </section>
  );
}

function limitWords(limits: KeyLimits): string {
  const words = [
    limits.maxSessions && plural(limits.maxSessions, 'session'),
    limits.opensPerMinute && `${limits.opensPerMinute} connections per minute`,
    limits.minutesPerDay && `${limits.minutesPerDay} min per day`,
    limits.tokensPerDay && `${limits.tokensPerDay.toLocaleString('en')} tokens per day`,
    limits.models?.length && limits.models.join(', '),
  ].filter(Boolean);
  return words.join(', ') || 'none';
}
