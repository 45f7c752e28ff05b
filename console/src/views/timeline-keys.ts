import { current } from '../session/current';
import { rangeOf, type Turn } from '../session/turn';
import type { Mark } from '../timeline/marks';
import { player } from '../timeline/player';
import { pan, reveal, show, showAll, viewport, zoom } from '../timeline/state';

/** The keys of the timeline, which work while it has the focus. */
export function handleKey(event: KeyboardEvent, { turn, marks }: { turn: Turn | undefined; marks: Mark[] }): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const t = player.position.peek();
  const { from, to } = viewport();
  const { duration } = current.feed;
  const second = event.shiftKey ? 10_000 : 1_000;
  const moments = marks.map(({ at }) => at);
  const actions: Record<string, () => void> = {
    ' ': () => togglePlaying(),
    Enter: () => togglePlaying(),
    ArrowLeft: () => seek(t - second),
    ArrowRight: () => seek(t + second),
    Home: () => seek(0),
    End: () => seek(duration),
    '[': () => seek(moments.findLast((at) => at < t - 1) ?? 0),
    ']': () => seek(moments.find((at) => at > t + 1) ?? duration),
    '+': () => zoom(0.5, t >= from && t <= to ? t : (from + to) / 2),
    '=': () => zoom(0.5, t >= from && t <= to ? t : (from + to) / 2),
    '-': () => zoom(2, t >= from && t <= to ? t : (from + to) / 2),
    '0': showAll,
    t: () => turn && show(rangeOf(turn)),
    PageUp: () => pan((from - to) / 2),
    PageDown: () => pan((to - from) / 2),
  };
  const action = actions[event.key];
  if (!action) return;
  action();
  // Outside of the timeline, some of these keys are shortcuts.
  event.preventDefault();
  event.stopPropagation();
}

/** Moves the player, and the view to it. */
export function seek(t: number): void {
  const moment = Math.max(0, Math.min(current.feed.duration, t));
  player.seek(moment);
  reveal(moment);
}

/** Plays from the position; from the start if the session has been played to its end. */
export function togglePlaying(): void {
  if (player.playing.peek()) player.pause();
  else void player.play(player.position.peek() >= current.feed.audio.end ? 0 : player.position.peek());
}
