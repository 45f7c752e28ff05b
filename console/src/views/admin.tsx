import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  type AdminKey,
  type AdminSnapshot,
  createKey,
  endSession,
  failure,
  type KeyLimits,
  refresh,
  revokeKey,
  secret,
  snapshot,
  sumBy,
} from '../session/admin';
import { say } from '../session/session';
import { Text } from '../ui/fields';

/** The operator's view, shown if the admin API is available at the address of this page. */
export function Admin() {
  const known = snapshot.value;
  useEffect(() => {
    if (!secret.value) return;
    const timer = window.setInterval(() => void refresh(), 5_000);
    return () => window.clearInterval(timer);
  }, [secret.value]);
  if (!known) return <SecretForm />;
  return (
    <div class="admin" data-testid="admin">
      {failure.value && (
        <p class="problems" role="alert">
          {failure.value}
        </p>
      )}
      <Status known={known} />
      <div class="plots">
        <Plot
          title="Minutes by day"
          bars={sumBy(
            known.usage,
            (row) => row.day,
            (row) => row.minutes,
          )}
        />
        <Plot
          title="Tokens by day"
          bars={sumBy(
            known.usage,
            (row) => row.day,
            (row) => row.promptTokens + row.responseTokens,
          )}
        />
        <Plot
          title="Sessions by day"
          bars={sumBy(
            known.usage,
            (row) => row.day,
            (row) => row.sessions,
          )}
        />
        <Plot
          title="Closes by cause"
          bars={sumBy(
            known.closes,
            (row) => `${row.code} ${row.cause}`,
            (row) => row.count,
          )}
          wide
        />
      </div>
      <Sessions known={known} />
      <Keys keys={known.keys} />
    </div>
  );
}

function SecretForm() {
  const [typed, setTyped] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    secret.value = typed;
    setTyped('');
    void refresh();
  };
  return (
    <form class="panel login" onSubmit={submit}>
      <h2>Operator</h2>
      <p>
        Enter the admin secret, which is in the file admin.secret in the data folder of the server. This page forgets it when it is closed.
      </p>
      <Text label="Admin secret" value={typed} secret onInput={setTyped} />
      <button type="submit" class="primary" disabled={!typed}>
        Open
      </button>
      {failure.value && (
        <p class="problems" role="alert">
          {failure.value}
        </p>
      )}
    </form>
  );
}

function Status({ known: { status } }: { known: AdminSnapshot }) {
  const rows: [string, string][] = [
    ['Server', `Parley ${status.version}, ${status.stopping ? 'stopping' : status.ready ? 'ready' : 'not ready'}`],
    ['Live now', `${status.sessions} sessions on ${status.connections} connections`],
    ['Tokens created', `${status.tokensMinted} since the start`],
    ...Object.entries(status.parts),
  ];
  return (
    <section class="panel">
      <h2>Server</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Plot({ title, bars, wide }: { title: string; bars: { name: string; value: number }[]; wide?: boolean }) {
  const top = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <section class={wide ? 'panel plot wide' : 'panel plot'}>
      <h2>{title}</h2>
      {bars.length === 0 ? (
        <p class="hint">No data yet.</p>
      ) : (
        <ul aria-label={title}>
          {bars.map(({ name, value }) => (
            <li key={name}>
              <span class="label">{name}</span>
              <span class="track">
                <span class="bar" style={{ left: '0', width: `${Math.max(0.5, (value / top) * 100)}%` }} />
              </span>
              <span class="value">{value.toLocaleString('en', { maximumFractionDigits: 1 })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

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
    say('error', (error as Error).message);
  }
  await refresh();
}

function Sessions({ known }: { known: AdminSnapshot }) {
  return (
    <section class="panel">
      <h2>Live sessions</h2>
      {known.sessions.length === 0 ? (
        <p class="hint">No live sessions.</p>
      ) : (
        <Table title="Live sessions" head={['Session', 'Key', 'Model', 'Since', 'Until', 'Messages', '']}>
          {known.sessions.map((session) => (
            <tr key={session.connectionId}>
              <td>
                {session.id}
                {session.resumed && ', resumed'}
              </td>
              <td>
                {session.keyId}
                {session.onToken && ', token'}
              </td>
              <td>{session.model.replace('models/', '')}</td>
              <td>{time(session.since)}</td>
              <td>{time(session.until)}</td>
              <td>{session.messagesReceived}</td>
              <td>
                <button type="button" onClick={() => void act(endSession(session.id))}>
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

function Keys({ keys }: { keys: AdminKey[] }) {
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
  return (
    <section class="panel">
      <h2>Keys</h2>
      {keys.length > 0 && (
        <Table title="Keys" head={['Name', 'Id', 'Open sessions', 'Today', 'Limits', '']}>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>{key.name}</td>
              <td>{key.id}</td>
              <td>{key.openSessions}</td>
              <td>
                {key.today.sessions} sessions, {key.today.minutes} min,{' '}
                {(key.today.promptTokens + key.today.responseTokens).toLocaleString('en')} tokens
              </td>
              <td>{limitWords(key.limits)}</td>
              <td>
                {key.valid ? (
                  <button type="button" onClick={() => void act(revokeKey(key.id))}>
                    Revoke
                  </button>
                ) : (
                  'not valid'
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {made && (
        <p role="status">
          New key, shown only this once: <code data-testid="new-key">{made}</code>
        </p>
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
    limits.maxSessions && `${limits.maxSessions} sessions`,
    limits.opensPerMinute && `${limits.opensPerMinute} connections per minute`,
    limits.minutesPerDay && `${limits.minutesPerDay} min per day`,
    limits.tokensPerDay && `${limits.tokensPerDay.toLocaleString('en')} tokens per day`,
    limits.models?.length && limits.models.join(', '),
  ].filter(Boolean);
  return words.join(', ') || 'none';
}
