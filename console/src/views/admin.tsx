import { useEffect, useState } from 'preact/hooks';
import { type AdminSnapshot, failure, refresh, secret, snapshot, sumBy } from '../session/admin';
import { Text } from '../ui/fields';
import { plural } from '../ui/format';
import { Keys, Sessions } from './admin-tables';

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
    <div class="page admin" data-testid="admin">
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
        Enter the admin secret. It is in the file admin.secret in the data folder of the server. This page forgets it when it is closed.
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
  const [version, commit] = status.version.split('+');
  const rows: [string, string][] = [
    [
      'Server',
      `Parley ${version}${commit ? ` (${commit.slice(0, 7)})` : ''}, ${status.stopping ? 'stopping' : status.ready ? 'ready' : 'not ready'}`,
    ],
    ['Live now', `${plural(status.sessions, 'session')} on ${plural(status.connections, 'connection')}`],
    ['Tokens created', `${status.tokensMinted.toLocaleString('en')} since the start`],
    ...(status.parts.engines ? ([['Answers', status.parts.engines.split('. ')[0] ?? '']] as [string, string][]) : []),
  ];
  const parts = Object.entries(status.parts);
  return (
    <section class="panel">
      <h2>Server</h2>
      <Facts rows={rows} />
      <details>
        <summary>All parts</summary>
        <Facts rows={parts} />
      </details>
    </section>
  );
}

const Facts = ({ rows }: { rows: [string, string][] }) => (
  <dl class="facts">
    {rows.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

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
