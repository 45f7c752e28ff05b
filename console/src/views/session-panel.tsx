import { explainClose, sentence } from '../protocol/closes';
import { now } from '../session/current';
import { enginesOf } from '../session/server';
import { beat, facts, isRunning, state } from '../session/state';
import { server } from '../session/watch';
import { watched } from '../session/watched';
import { bytes, clock, plural, whole } from '../ui/format';

/** Facts and figures of the session. */
export function SessionPanel() {
  const open = isRunning();
  beat.value;
  const known = open ? facts.peek() : facts.value;
  if (state.value === 'idle') return null;
  const rows: [name: string, value: string][] = [
    ['Model', known.model.replace('models/', '') || watched.value?.model || '—'],
    ['Duration', clock(now())],
    ['Connections', `${known.connections}${known.resumes > 0 ? `, resumed ${known.resumes} ×` : ''}`],
    [
      'Resumption',
      known.handleAt === undefined
        ? 'no handle yet'
        : `handle of ${clock(known.handleAt)}${known.resumable ? '' : '; not resumable at the moment'}`,
    ],
    [
      'Sent',
      `${plural(known.sentMessages, 'message')}, ${bytes(known.sentBytes)}${known.pictures > 0 ? `, ${plural(known.pictures, 'picture')}` : ''}`,
    ],
    ['Received', `${plural(known.receivedMessages, 'message')}, ${bytes(known.receivedBytes)}`],
    ['Tokens in', tokens(known.tokens.prompt)],
    ['Tokens out', tokens(known.tokens.response)],
  ];
  if (enginesOf(server.value) && state.value !== 'replay' && state.value !== 'watching')
    rows.splice(1, 0, ['Answers', enginesOf(server.value)]);
  if (known.sessionId) rows.splice(1, 0, ['Session', known.sessionId]);
  if (known.goAwayAt !== undefined && open) rows.push(['goAway', `the server closes the connection in ${clock(known.goAwayAt - now())}`]);
  return (
    <section class="panel" data-testid="session-panel">
      <h3>Session</h3>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {known.close && <Close {...known.close} />}
    </section>
  );
}

function Close({ code, reason }: { code: number; reason: string }) {
  const { cause, cure } = explainClose(code, reason);
  return (
    <p class="close" data-testid="close">
      Closed with <b>{code}</b>
      {reason ? ` ${sentence(reason)}` : '.'} {cause} {cure}
    </p>
  );
}

function tokens(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([modality, count]) => `${whole(count)} ${modality.toLowerCase()}`);
  return parts.join(', ') || '—';
}
