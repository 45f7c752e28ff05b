import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { current } from '../session/current';
import { beat, isRunning, turns } from '../session/state';
import { rangeOf, type Turn } from '../session/turn';
import { type Mark, marksIn } from '../timeline/marks';
import { Canvas, height, overviewHeight, paintOverview, paintTimeline } from '../timeline/paint';
import { player } from '../timeline/player';
import { pan, resetTimeline, reveal, viewport } from '../timeline/state';
import { clockOf } from '../ui/format';
import { Captions } from './captions';
import { Transport } from './timeline-bar';
import { useGestures } from './timeline-gestures';
import { handleKey } from './timeline-keys';

/** The whole session on one clock: both voices, and what happened. A click plays from there. */
export function Timeline({ turn }: { turn: Turn | undefined }) {
  const { feed } = current;
  const canvas = useRef<HTMLCanvasElement>(null);
  const overview = useRef<HTMLCanvasElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const pointer = useSignal<number | undefined>(undefined);
  // A running session is drawn with the clock, not with each word.
  const open = isRunning();
  beat.value;
  const all = open ? turns.peek() : turns.value;
  // Read once: the clock of a running session goes on.
  const { duration } = feed;
  const view = viewport(duration);
  const marks = marksIn(view, all, feed.events.marks, duration);
  const range = turn && rangeOf(turn);
  useEffect(() => resetTimeline, [feed]);
  useEffect(() => {
    if (range) reveal(range.from);
  }, [turn?.id]);
  const draw = useRef(() => {});
  draw.current = () => {
    const main = Canvas.of(canvas.current, height);
    if (main) paintTimeline(main, { view, audio: feed.audio, marks, chosen: range, now: duration });
    const small = Canvas.of(overview.current, overviewHeight);
    if (small) paintOverview(small, feed.audio, duration, view);
  };
  useLayoutEffect(() => draw.current());
  useRedraw(canvas, draw);
  useGestures(surface, {
    play: (t) => void player.play(t),
    hover: (t) => {
      pointer.value = t;
    },
  });
  return (
    <section class="panel timeline" aria-label="Timeline">
      <Transport turn={turn} />
      <div
        class="scrub"
        ref={surface}
        role="slider"
        tabIndex={0}
        aria-label="Position in the session"
        aria-describedby="timeline-keys"
        aria-valuemin={0}
        aria-valuemax={Math.round(duration)}
        aria-valuenow={Math.round(player.position.peek())}
        onKeyDown={(event) =>
          handleKey(event, { turn, marks: marksIn({ from: 0, to: feed.duration }, turns.peek(), feed.events.marks, feed.duration) })
        }
        data-from={Math.round(view.from)}
        data-to={Math.round(view.to)}
        data-testid="timeline"
      >
        <canvas ref={canvas} style={{ height: `${height}px` }} />
        <span class="lane user">You</span>
        <span class="lane model">Answer</span>
        <Pointer t={pointer.value} marks={marks} />
        <Playhead slider={surface} marks={marks} />
      </div>
      <div
        class="overview"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          moveTo(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) moveTo(event);
        }}
        data-testid="overview"
      >
        <canvas ref={overview} style={{ height: `${overviewHeight}px` }} />
      </div>
      <Captions />
      <p class="visually-hidden" id="timeline-keys">
        Space plays. Left and right arrows move by a second, with Shift by ten. Square brackets move to the event before or after. Plus and
        minus zoom, zero shows everything, T shows the chosen turn. Page keys move the view.
      </p>
    </section>
  );
}

/** Shows the part of the session around the pointer. */
function moveTo(event: PointerEvent & { currentTarget: HTMLElement }): void {
  const box = event.currentTarget.getBoundingClientRect();
  const { from, to } = viewport();
  const at = ((event.clientX - box.left) / box.width) * current.feed.duration;
  pan(at - (from + to) / 2);
}

const percent = (t: number): string => {
  const { from, to } = viewport();
  return `${((t - from) / (to - from)) * 100}%`;
};

/** Where the player is. Only this is drawn again while it plays. */
function Playhead({ slider, marks }: { slider: { current: HTMLElement | null }; marks: Mark[] }) {
  const t = player.position.value;
  const { from, to } = viewport();
  useLayoutEffect(() => {
    if (player.playing.peek()) reveal(t);
    slider.current?.setAttribute('aria-valuenow', String(Math.round(t)));
    slider.current?.setAttribute('aria-valuetext', valueText(t, marks));
  });
  return t < from || t > to ? null : <div class="playhead" style={{ left: percent(t) }} data-testid="playhead" />;
}

/** The position in words, with the events there. */
function valueText(t: number, marks: Mark[]): string {
  const here = marks.filter(({ at }) => Math.abs(at - t) < 1).map(({ label }) => label);
  return [`${clockOf(t, 1)} of ${clockOf(current.feed.duration, 0)}`, ...here].join(', ');
}

/** The moment under the pointer, and the mark nearest to it. */
function Pointer({ t, marks }: { t: number | undefined; marks: Mark[] }) {
  if (t === undefined) return null;
  const { from, to } = viewport();
  const near = (to - from) / 120;
  const distance = ({ at, end = at }: Mark) =>
    Math.min(Math.abs(at - t), Math.abs(end - t), t >= at && t <= end ? near / 2 : Number.POSITIVE_INFINITY);
  const mark = marks.filter((one) => distance(one) < near).sort((a, b) => distance(a) - distance(b))[0];
  return (
    <div class={t > (from + to) / 2 ? 'pointer left' : 'pointer'} style={{ left: percent(t) }}>
      <span>
        {clockOf(t, to - from < 5_000 ? 2 : 1)}
        {mark && ` · ${mark.label}`}
      </span>
    </div>
  );
}

/** Draws again after a change of the size or the colours. */
function useRedraw(canvas: { current: HTMLCanvasElement | null }, draw: { current(): void }): void {
  useEffect(() => {
    const redraw = () => draw.current();
    const sizes = new ResizeObserver(redraw);
    if (canvas.current) sizes.observe(canvas.current);
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      sizes.disconnect();
      theme.disconnect();
      scheme.removeEventListener('change', redraw);
    };
  }, []);
}
