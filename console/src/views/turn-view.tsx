import { signal } from '@preact/signals';
import { Component } from 'preact';
import { now } from '../session/current';
import { speedOf } from '../session/limit';
import { charts, modelAudible } from '../session/state';
import { spokenLength, type ToolSpan, type Turn, timeToAnswer } from '../session/turn';
import { ms, seconds } from '../ui/format';
import { Icon } from '../ui/icon';
import { addressOf } from '../ui/route';
import { useTicker } from '../ui/ticker';
import { ChartView } from './chart';
import { Waterfall } from './waterfall';

/** The turns whose details are open, kept while another view is shown. */
const opened = signal<ReadonlySet<number>>(new Set());

function toggle(id: number): void {
  const next = new Set(opened.value);
  if (!next.delete(id)) next.add(id);
  opened.value = next;
}

/** One question and its answer. It is drawn only if its turn changed. */
export class TurnView extends Component<{ turn: Turn }> {
  override shouldComponentUpdate(next: { turn: Turn }): boolean {
    return next.turn !== this.props.turn;
  }

  override render() {
    const { turn } = this.props;
    return (
      <li class="turn" id={`turn-${turn.id}`}>
        <Question turn={turn} />
        {turn.tools.map((tool) => (
          <ToolView key={`${tool.id}${tool.from}`} tool={tool} />
        ))}
        <Charts turn={turn.id} />
        {turn.thoughts && (
          <details class="aside">
            <summary>Thoughts</summary>
            <p>{turn.thoughts}</p>
          </details>
        )}
        {(turn.model || turn.interrupted || turn.lost) && <Answer turn={turn} />}
        {turn.reason && <p class="aside">The turn ended early: {turn.reason}</p>}
      </li>
    );
  }
}

function Question({ turn }: { turn: Turn }) {
  if (!turn.user && !turn.interim) return null;
  return (
    <div class={turn.queued ? 'said user queued' : 'said user'}>
      <span class="visually-hidden">You: </span>
      <span data-testid="user-caption">{turn.user}</span>
      {turn.interim && (
        <span class="interim" data-testid="interim-caption">
          {turn.user ? ' ' : ''}
          {turn.interim}
        </span>
      )}
      {turn.queued && <small>Sent when the connection is back</small>}
    </div>
  );
}

function Answer({ turn }: { turn: Turn }) {
  const running = modelAudible.value && turn.at.silenceReached === undefined;
  useTicker(120, running);
  const spoken = spokenLength(turn, now());
  return (
    <div class="said model">
      <p>
        <span class="visually-hidden">Answer: </span>
        <span data-testid="model-caption">
          {turn.model.slice(0, spoken)}
          {spoken < turn.model.length && <span class="unspoken">{turn.model.slice(spoken)}</span>}
        </span>
      </p>
      <div class="facts-line">
        <TimeToAnswer turn={turn} />
        {turn.interrupted && (
          <span class="cut" data-testid="cut">
            interrupted
          </span>
        )}
        {turn.lost && (
          <span class="cut" data-testid="lost">
            connection lost
          </span>
        )}
      </div>
      {opened.value.has(turn.id) && (
        <div class="turn-details" id={`details-${turn.id}`}>
          <Waterfall turn={turn} />
          <a href={addressOf('inspect', { turn: turn.id })}>Show the messages of this turn</a>
        </div>
      )}
    </div>
  );
}

function TimeToAnswer({ turn }: { turn: Turn }) {
  const time = timeToAnswer(turn);
  const open = opened.value.has(turn.id);
  return (
    <button
      type="button"
      class={`time ${time === undefined ? '' : speedOf(time)}`}
      aria-expanded={open}
      aria-controls={`details-${turn.id}`}
      onClick={() => toggle(turn.id)}
      data-testid="time-to-answer"
    >
      {time === undefined ? 'Details' : seconds(time)}
      {time !== undefined && <span class="visually-hidden"> to answer, details</span>}
      <Icon name="more" />
    </button>
  );
}

const Charts = ({ turn }: { turn: number }) => (
  <>
    {charts.value
      .filter((one) => one.turn === turn)
      .map(({ chart }, index) => (
        <ChartView key={index} chart={chart} />
      ))}
  </>
);

function ToolView({ tool }: { tool: ToolSpan }) {
  const outcome = tool.cancelled ? 'cancelled' : tool.to === undefined ? 'running' : ms(tool.to - tool.from);
  return (
    <details class="aside tool" data-testid="tool-call">
      <summary>
        <code>{tool.name}</code> <span>{outcome}</span>
        <Dice response={tool.response} />
      </summary>
      <pre>{JSON.stringify({ args: tool.args, response: tool.response }, null, 2)}</pre>
    </details>
  );
}

/** The dice of `roll_dice`, if they have six sides. */
function Dice({ response }: { response: unknown }) {
  const rolls = (response as { rolls?: unknown } | undefined)?.rolls;
  if (!Array.isArray(rolls) || !rolls.every((roll) => Number.isInteger(roll) && roll >= 1 && roll <= 6)) return null;
  return (
    <span class="dice" role="img" aria-label={`Dice: ${rolls.join(', ')}`}>
      {rolls.map((roll) => String.fromCodePoint(0x267f + roll)).join(' ')}
    </span>
  );
}
