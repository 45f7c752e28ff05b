import { now } from '../session/current';
import { state } from '../session/state';
import { type Moment, outcomeOf, type Turn } from '../session/turn';
import { ms } from '../ui/format';
import { useTicker } from '../ui/ticker';

interface Span {
  label: string;
  kind: 'user' | 'wait' | 'model' | 'playback' | 'tool';
  from: number;
  to: number;
}

/** The phases of a turn, in milliseconds since the start of the session. */
export function spansOf(turn: Turn, until: number): Span[] {
  const { at } = turn;
  const spans: Span[] = [];
  const add = (label: string, kind: Span['kind'], from: number | undefined, ...ends: (number | undefined)[]) => {
    const to = ends.find((end) => end !== undefined && from !== undefined && end >= from);
    if (from !== undefined && to !== undefined) spans.push({ label, kind, from, to });
  };
  add('your speech', 'user', at.speechStarted, at.endOfSpeech, at.endDecided);
  add('endpointing', 'wait', at.endOfSpeech, at.endDecided);
  const decided = at.endDecided ?? at.endOfSpeech;
  const first = Math.min(at.firstToken ?? Number.POSITIVE_INFINITY, at.firstAudio ?? Number.POSITIVE_INFINITY);
  add('to first token', 'wait', decided, Number.isFinite(first) ? first : undefined);
  add('to first audio', 'wait', at.firstToken, at.firstAudio);
  add('generation', 'model', Number.isFinite(first) ? first : undefined, at.generationComplete, at.interruptedAt, at.turnComplete, until);
  add('playback', 'playback', at.firstAudible, at.silenceReached, until);
  for (const tool of turn.tools) spans.push({ label: tool.name, kind: 'tool', from: tool.from, to: tool.to ?? until });
  return spans.sort((a, b) => a.from - b.from);
}

const names: Record<Moment, string> = {
  speechStarted: 'speech started',
  endOfSpeech: 'end of speech',
  endDecided: 'end detected',
  finalTranscript: 'final transcript',
  firstToken: 'first token',
  firstAudio: 'first audio',
  firstAudible: 'first audible sample',
  generationComplete: 'generation complete',
  turnComplete: 'turn complete',
  interruptedAt: 'interrupted at',
  silenceReached: 'silence reached',
};

/** One turn drawn to scale, with the milliseconds since the end of speech. */
export function Waterfall({ turn }: { turn: Turn }) {
  const running = state.value === 'live' && !turn.done;
  useTicker(200, running);
  const marks = Object.values(turn.at);
  if (marks.length === 0) return <p class="hint">No events yet.</p>;
  const ends = [...marks, ...turn.tools.map((tool) => tool.to ?? tool.from)];
  const until = running ? now() : Math.max(...ends);
  const spans = spansOf(turn, until);
  const from = Math.min(...marks);
  const whole = Math.max(1, until - from);
  const zero = turn.at.endOfSpeech ?? from;
  return (
    <div class="waterfall" data-testid="waterfall">
      <ul class="spans" aria-label={`Turn ${turn.id}, ${outcomeOf(turn)}, ${ms(whole)}`}>
        {spans.map((span) => (
          <li key={`${span.label}${span.from}`}>
            <span class="label">{span.label}</span>
            <span class="track">
              <span
                class={`bar ${span.kind}`}
                style={{
                  left: `${((span.from - from) / whole) * 100}%`,
                  width: `${Math.max(0.5, ((span.to - span.from) / whole) * 100)}%`,
                }}
              />
            </span>
            <span class="value">{ms(span.to - span.from)}</span>
          </li>
        ))}
      </ul>
      <dl class="moments">
        {(Object.keys(names) as Moment[])
          .filter((moment) => turn.at[moment] !== undefined)
          .sort((one, other) => (turn.at[one] as number) - (turn.at[other] as number))
          .map((moment) => (
            <div key={moment}>
              <dt>{names[moment]}</dt>
              <dd>{signed((turn.at[moment] as number) - zero)}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${ms(Math.abs(value))}`;
