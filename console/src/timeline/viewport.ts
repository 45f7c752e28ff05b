/** The part of the session that the timeline shows, in milliseconds. */
export interface Viewport {
  from: number;
  to: number;
}

/** The closest zoom: single peaks are some pixels wide. */
const narrowest = 200;

/** Keeps a view inside the session. */
export function inside({ from, to }: Viewport, duration: number): Viewport {
  const whole = Math.max(duration, narrowest);
  const span = Math.min(whole, Math.max(narrowest, to - from));
  const start = Math.max(0, Math.min(whole - span, from));
  return { from: start, to: start + span };
}

/** A view of `factor` times the span. What is at the moment `around` keeps its place. */
export function zoomed(view: Viewport, factor: number, around: number, duration: number): Viewport {
  const span = Math.min(Math.max(duration, narrowest), Math.max(narrowest, (view.to - view.from) * factor));
  const share = Math.max(0, Math.min(1, (around - view.from) / (view.to - view.from)));
  return inside({ from: around - share * span, to: around + (1 - share) * span }, duration);
}

export const panned = ({ from, to }: Viewport, by: number, duration: number): Viewport =>
  inside({ from: from + by, to: to + by }, duration);

/** A view in which a moment is visible: the same one if it is, else moved by pages. */
export function showing(view: Viewport, t: number, duration: number): Viewport {
  const span = view.to - view.from;
  return t >= view.from && t <= view.to ? view : inside({ from: t - span * 0.1, to: t + span * 0.9 }, duration);
}

export interface Tick {
  at: number;
  label: string;
}

const steps = [
  10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

/** The ticks of a ruler, at least `apart` milliseconds from each other; `zero` is the moment with the label 0. */
export function ticksOf({ from, to }: Viewport, apart: number, zero?: number): Tick[] {
  const step = steps.find((one) => one >= apart) ?? (steps.at(-1) as number);
  const base = zero ?? 0;
  const ticks: Tick[] = [];
  for (let count = Math.ceil((from - base) / step); base + count * step <= to; count++)
    ticks.push({ at: base + count * step, label: zero === undefined ? clockLabel(count * step, step) : signedLabel(count * step, step) });
  return ticks;
}

const decimalsOf = (step: number): number => (step < 100 ? 2 : step < 1_000 ? 1 : 0);

function clockLabel(at: number, step: number): string {
  const hours = Math.floor(at / 3_600_000);
  const minutes = Math.floor((at % 3_600_000) / 60_000);
  const seconds = ((at % 60_000) / 1000).toFixed(decimalsOf(step));
  const padded = seconds.split('.')[0]?.length === 1 ? `0${seconds}` : seconds;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}

const signedLabel = (at: number, step: number): string =>
  at === 0 ? '0' : `${at > 0 ? '+' : '−'}${(Math.abs(at) / 1000).toFixed(decimalsOf(step))} s`;
