import { computed, signal } from '@preact/signals';
import { current } from '../session/current';
import { turns } from '../session/state';
import { type Heard, heardAt } from './heard';
import { player } from './player';
import { inside, panned, showing, type Viewport, zoomed } from './viewport';

/** The part of the session that the timeline shows; undefined: all of it. */
const chosen = signal<Viewport | undefined>(undefined);
/** Whether the view moves with a running session. */
export const following = signal(true);

export const isZoomed = computed(() => chosen.value !== undefined);

/** The view at this moment. */
export function viewport(duration = current.feed.duration): Viewport {
  const view = chosen.value;
  if (!view) return inside({ from: 0, to: duration }, duration);
  return following.value ? inside({ from: duration - (view.to - view.from), to: duration }, duration) : inside(view, duration);
}

export function show(view: Viewport): void {
  const { duration } = current.feed;
  const next = inside(view, duration);
  const whole = next.to - next.from >= duration - 1;
  chosen.value = whole ? undefined : next;
  following.value = whole || next.to >= duration - 1;
}

export const showAll = (): void => show({ from: 0, to: current.feed.duration });

export const zoom = (factor: number, around: number): void => show(zoomed(viewport(), factor, around, current.feed.duration));

export const pan = (by: number): void => show(panned(viewport(), by, current.feed.duration));

/** Moves the view so that a moment is visible. */
export function reveal(t: number): void {
  const view = viewport();
  const next = showing(view, t, current.feed.duration);
  if (next !== view) show(next);
}

/** For another session: nothing is zoomed or played. */
export function resetTimeline(): void {
  player.pause();
  player.position.value = 0;
  chosen.value = undefined;
  following.value = true;
}

let last: Heard | undefined;

/** What is heard at the position of the player. It changes with the words, not with each frame. */
export const heard = computed<Heard | undefined>(() => {
  const t = player.position.value;
  const next = t > 0 || player.playing.value ? heardAt(turns.value, current.feed.audio, t) : undefined;
  const same =
    next?.turn === last?.turn && next?.asking === last?.asking && next?.from === last?.from && next?.to === last?.to && next?.n === last?.n;
  if (!same) last = next;
  return last;
});
