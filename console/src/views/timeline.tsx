import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { AudioIndex, peakMs, type Track } from '../session/audio-index';
import { current, now } from '../session/current';
import { marksOf } from '../session/marks';
import { Player } from '../session/player';
import { revision, turns } from '../session/state';
import type { Turn } from '../session/turn';
import { clock } from '../ui/format';
import { Icon } from '../ui/icon';

const height = 148;

/** The whole session on one clock: both voices, and what happened. A click plays from there. */
export function Timeline({ turn }: { turn: Turn | undefined }) {
  const { feed } = current;
  const index = useMemo(() => new AudioIndex(), [feed]);
  const player = useMemo(() => new Player(() => index), [index]);
  const onlyTurn = useSignal(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  revision.value;
  const [from, to] = onlyTurn.value && turn ? rangeOf(turn) : [0, Math.max(1_000, now())];
  useEffect(() => () => player.pause(), [player]);
  const draw = useRef(() => {});
  draw.current = () => {
    if (canvas.current) paint(canvas.current, index, from, to, turn);
  };
  const [, again] = useState(0);
  useEffect(() => {
    // A long recording is read in pieces, so that the page stays responsive.
    if (index.update(feed.log.entries, 20)) draw.current();
    else window.setTimeout(() => again((count) => count + 1));
  });
  useEffect(() => {
    const redraw = () => draw.current();
    const observer = new ResizeObserver(redraw);
    if (canvas.current) observer.observe(canvas.current);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', redraw);
    };
  }, []);
  const seek = (t: number) => void player.play(Math.max(0, Math.min(to, t)));
  const playing = player.playing.value;
  const position = player.position.value;
  return (
    <section class="panel timeline" aria-label="Timeline">
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={() => (playing ? player.pause() : seek(position >= to ? from : position))}
          data-testid="play"
        >
          <Icon name={playing ? 'pause' : 'play'} /> {playing ? 'Pause' : 'Play'}
        </button>
        <p class="clock" data-testid="position">
          {clock(position)} / {clock(now())}
        </p>
        {turn && (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyTurn.value}
              onChange={(event) => {
                onlyTurn.value = event.currentTarget.checked;
              }}
            />{' '}
            Show turn {turn.id} only
          </label>
        )}
        <ul class="legend" aria-label="Legend">
          <li class="user">You</li>
          <li class="model">Answer</li>
          <li class="wait">Waiting</li>
          <li class="tool">Function</li>
          <li class="bad">Interruption, connection</li>
        </ul>
      </div>
      <div class="scrub">
        <canvas ref={canvas} role="img" aria-label="Both voices, functions and interruptions over time" style={{ height: `${height}px` }} />
        {position >= from && position <= to && <div class="playhead" style={{ left: `${((position - from) / (to - from)) * 100}%` }} />}
        <input
          type="range"
          aria-label="Position in the session"
          aria-valuetext={`${clock(position)} of ${clock(now())}`}
          min={from}
          max={to}
          step={100}
          value={position}
          onInput={(event) => seek(Number(event.currentTarget.value))}
        />
      </div>
      <div class="scale" aria-hidden="true">
        <span>{clock(from)}</span>
        <span>{clock((from + to) / 2)}</span>
        <span>{clock(to)}</span>
      </div>
    </section>
  );
}

/** The part of the clock that a turn covers, with a little room. */
export function rangeOf(turn: Turn): [from: number, to: number] {
  const all = [...Object.values(turn.at), ...turn.tools.flatMap((tool) => [tool.from, tool.to ?? tool.from])];
  if (all.length === 0) return [0, 1_000];
  return [Math.max(0, Math.min(...all) - 300), Math.max(...all) + 300];
}

function paint(canvas: HTMLCanvasElement, index: AudioIndex, from: number, to: number, turn: Turn | undefined): void {
  const scale = window.devicePixelRatio;
  const width = canvas.clientWidth;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context || width === 0) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`);
  const x = (t: number) => ((t - from) / (to - from)) * width;
  const middle = height / 2;
  if (turn) {
    const [start, end] = rangeOf(turn);
    context.fillStyle = colour('chosen');
    context.fillRect(x(start), 0, Math.max(3, x(end) - x(start)), height);
  }
  const lane = (track: Track, name: string, sign: 1 | -1) => {
    const columns = new Float32Array(Math.ceil(width / 2));
    for (const { at, peaks } of track.clips)
      for (const [i, peak] of peaks.entries()) {
        const column = Math.floor(x(at + i * peakMs) / 2);
        if (peak > (columns[column] ?? 1)) columns[column] = peak;
      }
    context.fillStyle = colour(name);
    for (const [column, peak] of columns.entries()) {
      const tall = Math.max(0.75, Math.sqrt(peak) * (middle - 16));
      context.fillRect(column * 2, sign < 0 ? middle - 8 - tall : middle + 8, 1.4, tall);
    }
  };
  lane(index.user, 'user', -1);
  lane(index.model, 'model', 1);
  for (const { kind, at, end } of marksOf(turns.peek(), current.feed.log.entries)) {
    if (at > to || (end ?? at) < from) continue;
    context.fillStyle = colour(kind);
    if (end === undefined) context.fillRect(x(at) - 1, 4, 2, height - 8);
    else context.fillRect(x(at), middle - 4, Math.max(2, x(end) - x(at)), 8);
  }
}
