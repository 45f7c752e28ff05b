import { current } from '../session/current';
import { isRunning } from '../session/state';
import { rangeOf, type Turn } from '../session/turn';
import { kindNames, type MarkKind } from '../timeline/marks';
import { player } from '../timeline/player';
import { following, isZoomed, show, showAll, viewport, zoom } from '../timeline/state';
import { clockOf } from '../ui/format';
import { Icon } from '../ui/icon';
import { togglePlaying } from './timeline-keys';

/** Play, the clock, and the zoom. */
export function Transport({ turn }: { turn: Turn | undefined }) {
  const playing = player.playing.value;
  const middle = () => {
    const { from, to } = viewport();
    const t = player.position.peek();
    return t > from && t < to ? t : (from + to) / 2;
  };
  return (
    <div class="transport">
      <button type="button" class="primary" onClick={togglePlaying} data-testid="play">
        <Icon name={playing ? 'pause' : 'play'} /> {playing ? 'Pause' : 'Play'}
      </button>
      <Clock />
      <Legend />
      <fieldset class="zoom" aria-label="Zoom">
        {turn && (
          <button type="button" onClick={() => show(rangeOf(turn))} data-testid="show-turn">
            Turn {turn.id}
          </button>
        )}
        <button type="button" aria-pressed={!isZoomed.value} onClick={showAll} data-testid="show-all">
          All
        </button>
        <button type="button" class="icon-only" aria-label="Zoom out" onClick={() => zoom(2, middle())} data-testid="zoom-out">
          <Icon name="minus" />
        </button>
        <button type="button" class="icon-only" aria-label="Zoom in" onClick={() => zoom(0.5, middle())} data-testid="zoom-in">
          <Icon name="plus" />
        </button>
        {isRunning() && isZoomed.value && (
          <button
            type="button"
            aria-pressed={following.value}
            onClick={() => {
              following.value = !following.value;
            }}
          >
            Live
          </button>
        )}
      </fieldset>
    </div>
  );
}

function Clock() {
  // Ten times a second is as fast as anybody reads it.
  const tenths = Math.floor(player.position.value / 100) * 100;
  return (
    <p class="clock" data-testid="position">
      {clockOf(tenths, 1)} <span>/ {clockOf(current.feed.duration, 0)}</span>
    </p>
  );
}

const shown: readonly MarkKind[] = ['voice', 'decision', 'token', 'waiting', 'tool', 'interrupted', 'goAway', 'connection'];

const symbols: Record<MarkKind, string> = {
  voice: 'M0 6h12v4H0Z',
  waiting: 'M0 6h12v4H0Z',
  decision: 'M1 2h10L6 11Z',
  token: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z',
  tool: 'M2 2h8a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H2a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2Z',
  interrupted: 'M2 3.5 3.5 2 6 4.5 8.5 2 10 3.5 7.5 6 10 8.5 8.5 10 6 7.5 3.5 10 2 8.5 4.5 6Z',
  goAway: 'M3 1h1v11H3ZM4 1l7 3.5L4 8Z',
  connection: 'M0 11 11 0h1v1L1 12H0ZM0 5 5 0h1.5L0 6.5ZM6 12l6-6v1.5L7.5 12Z',
};

function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {shown.map((kind) => (
        <li key={kind} class={kind}>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d={symbols[kind]} />
          </svg>
          {kindNames[kind]}
        </li>
      ))}
    </ul>
  );
}
