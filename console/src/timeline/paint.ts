import type { AudioIndex } from './audio-index';
import type { Mark } from './marks';
import { ticksOf, type Viewport } from './viewport';

/** Heights of the timeline in pixels: ruler, the user above the middle, marks, the answer below. */
export const layout = { ruler: 20, voice: 58, band: 40 } as const;
export const height = layout.ruler + 2 * layout.voice + layout.band;

const bandTop = layout.ruler + layout.voice;
const bandBottom = bandTop + layout.band;

export interface Scene {
  view: Viewport;
  audio: AudioIndex;
  marks: Mark[];
  /** The chosen turn. */
  chosen: Viewport | undefined;
  now: number;
}

/** A drawing surface in the colours of the page. */
export class Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  private readonly style: CSSStyleDeclaration;

  private constructor(element: HTMLCanvasElement, context: CanvasRenderingContext2D, tall: number) {
    const scale = window.devicePixelRatio;
    this.width = element.clientWidth;
    if (element.width !== Math.round(this.width * scale)) element.width = Math.round(this.width * scale);
    if (element.height !== Math.round(tall * scale)) element.height = Math.round(tall * scale);
    this.context = context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.width, tall);
    this.style = getComputedStyle(element);
    context.font = `500 11px ${this.style.fontFamily}`;
    context.textBaseline = 'middle';
  }

  static of(element: HTMLCanvasElement | null, tall: number): Canvas | undefined {
    const context = element?.getContext('2d');
    return element && context && element.clientWidth > 0 ? new Canvas(element, context, tall) : undefined;
  }

  colour(name: string): string {
    return this.style.getPropertyValue(`--${name}`);
  }

  /** Bars from a base line, upward or downward. */
  wave(columns: Uint8Array, colour: string, base: number, tall: number, up: boolean): void {
    const { context } = this;
    const step = this.width / columns.length;
    context.fillStyle = this.colour(colour);
    for (const [index, peak] of columns.entries()) {
      if (peak < 3) continue;
      // The square root shows quiet speech; 60 dB would show breathing as speech.
      const bar = Math.sqrt(peak / 255) * tall;
      context.fillRect(index * step, up ? base - bar : base, Math.max(1, step - 0.7), bar);
    }
  }
}

/** Pixels of one bar. */
const barPixels = 2.5;

export const barsOf = (width: number): number => Math.max(1, Math.round(width / barPixels));

export function paintTimeline(canvas: Canvas, scene: Scene): void {
  const { context, width } = canvas;
  const { view, audio, chosen, marks } = scene;
  const x = (t: number) => ((t - view.from) / (view.to - view.from)) * width;
  if (chosen) {
    context.fillStyle = canvas.colour('chosen');
    context.globalAlpha = 0.6;
    context.fillRect(x(chosen.from), layout.ruler, Math.max(3, x(chosen.to) - x(chosen.from)), height - layout.ruler);
    context.globalAlpha = 1;
  }
  ruler(canvas, view, x);
  context.fillStyle = canvas.colour('hair');
  for (const y of [bandTop, bandBottom]) context.fillRect(0, y - 0.5, width, 1);
  for (const mark of marks) if (mark.kind === 'connection') gap(canvas, x(mark.at), x(mark.end ?? mark.at));
  const bars = barsOf(width);
  canvas.wave(audio.user.peaks.columns(view.from, view.to, bars), 'user', bandTop - 1, layout.voice - 6, true);
  canvas.wave(audio.model.peaks.columns(view.from, view.to, bars), 'model', bandBottom + 1, layout.voice - 6, false);
  const labels = new Labels(
    canvas,
    marks
      .filter(({ at }) => at >= view.from && at <= view.to)
      .map(({ kind, at }) => ({
        x: x(at),
        row: kind === 'tool' || kind === 'token' ? 1 : kind === 'voice' || kind === 'waiting' || kind === 'connection' ? -1 : 0,
      })),
  );
  for (const mark of marks) drawMark(canvas, labels, mark, x(mark.at), x(mark.end ?? (mark.kind === 'voice' ? scene.now : mark.at)));
}

function ruler(canvas: Canvas, view: Viewport, x: (t: number) => number): void {
  const { context, width } = canvas;
  for (const { at, label } of ticksOf(view, ((view.to - view.from) / width) * 72)) {
    context.fillStyle = canvas.colour('hair');
    context.fillRect(x(at), 0, 1, height);
    context.fillStyle = canvas.colour('soft');
    if (x(at) + 36 < width) context.fillText(label, x(at) + 5, layout.ruler / 2);
  }
}

/** A time without a connection. */
function gap(canvas: Canvas, from: number, to: number): void {
  const { context } = canvas;
  context.save();
  context.fillStyle = canvas.colour('bad-soft');
  context.strokeStyle = canvas.colour('bad');
  context.globalAlpha = 0.8;
  context.beginPath();
  context.rect(from, layout.ruler, Math.max(2, to - from), height - layout.ruler);
  context.fill();
  context.clip();
  context.globalAlpha = 0.5;
  context.beginPath();
  for (let line = from - height; line < to + 2; line += 8) {
    context.moveTo(line, height);
    context.lineTo(line + height, 0);
  }
  context.stroke();
  context.restore();
}

/** Texts beside marks, in two rows of the band. One that would cover another or a mark is left out. */
class Labels {
  private readonly ends = [0, 0];

  constructor(
    private readonly canvas: Canvas,
    private readonly marks: { x: number; row: number }[],
  ) {}

  /** Writes the text of the mark at `own`. */
  add(text: string, x: number, row: 0 | 1, own: number): void {
    const { context, width } = this.canvas;
    const wide = context.measureText(text).width;
    if (x < (this.ends[row] as number) || x < 0 || x + wide > width) return;
    if (this.marks.some((mark) => mark.row === row && mark.x > own && mark.x < x + wide + 8)) return;
    this.ends[row] = x + wide + 8;
    context.fillText(text, x, bandTop + (row === 0 ? 13 : 29));
  }
}

function drawMark(canvas: Canvas, labels: Labels, { kind, label, at, end }: Mark, from: number, to: number): void {
  const { context } = canvas;
  const upper = bandTop + 13;
  const lower = bandTop + 29;
  const words = label.replace(/^turn \d+: /, '');
  context.lineWidth = 1.5;
  switch (kind) {
    case 'voice':
      context.fillStyle = canvas.colour('user');
      context.fillRect(from, bandTop + 2, Math.max(2, to - from), 3);
      return;
    case 'waiting':
      context.fillStyle = canvas.colour('wait');
      context.fillRect(from, bandBottom - 5, Math.max(2, to - from), 3);
      return;
    case 'tool':
      context.fillStyle = canvas.colour('tool');
      context.beginPath();
      context.roundRect(from, lower - 4, Math.max(6, to - from), 8, 3);
      context.fill();
      labels.add(words, Math.max(from + 6, to) + 4, 1, from);
      return;
    case 'decision':
      line(canvas, from, 'wait');
      context.fillStyle = canvas.colour('wait');
      shape(context, [from - 5, upper - 5, from + 5, upper - 5, from, upper + 4]);
      labels.add('end of turn', from + 8, 0, from);
      return;
    case 'token':
      line(canvas, from, 'model');
      context.fillStyle = canvas.colour('model');
      context.beginPath();
      context.arc(from, lower, 4, 0, 2 * Math.PI);
      context.fill();
      labels.add('first token', from + 8, 1, from);
      return;
    case 'interrupted':
      line(canvas, from, 'bad');
      context.strokeStyle = canvas.colour('bad');
      context.lineWidth = 2.5;
      context.beginPath();
      for (const side of [-1, 1]) {
        context.moveTo(from - 4 * side, upper - 4);
        context.lineTo(from + 4 * side, upper + 4);
      }
      context.stroke();
      context.fillStyle = canvas.colour('bad');
      labels.add('interrupted', from + 8, 0, from);
      return;
    case 'goAway':
      line(canvas, from, 'bad');
      context.fillStyle = canvas.colour('bad');
      shape(context, [from, upper - 6, from + 11, upper - 2, from, upper + 2]);
      labels.add('goAway', from + 14, 0, from);
      return;
    case 'connection':
      context.fillStyle = canvas.colour('bad');
      labels.add(end === undefined || end - at < 1 ? words : (/re\w+ed|closed with \d+/.exec(words)?.[0] ?? words), to + 4, 1, from);
  }
}

function line(canvas: Canvas, x: number, colour: string): void {
  canvas.context.fillStyle = canvas.colour(colour);
  canvas.context.globalAlpha = 0.55;
  canvas.context.fillRect(x - 0.5, layout.ruler + 4, 1, height - layout.ruler - 8);
  canvas.context.globalAlpha = 1;
}

function shape(context: CanvasRenderingContext2D, points: number[]): void {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] as number, points[i + 1] as number);
  context.closePath();
  context.fill();
}

export const overviewHeight = 28;

/** The whole session in small, with the part that the timeline shows. */
export function paintOverview(canvas: Canvas, audio: AudioIndex, duration: number, view: Viewport): void {
  const { context, width } = canvas;
  const x = (t: number) => (t / Math.max(1, duration)) * width;
  const bars = barsOf(width);
  const middle = overviewHeight / 2;
  canvas.wave(audio.user.peaks.columns(0, duration, bars), 'user', middle, middle - 2, true);
  canvas.wave(audio.model.peaks.columns(0, duration, bars), 'model', middle, middle - 2, false);
  context.fillStyle = canvas.colour('back');
  context.globalAlpha = 0.6;
  context.fillRect(0, 0, x(view.from), overviewHeight);
  context.fillRect(x(view.to), 0, width - x(view.to), overviewHeight);
  context.globalAlpha = 1;
  context.strokeStyle = canvas.colour('line');
  context.strokeRect(x(view.from) + 0.5, 0.5, Math.max(4, x(view.to) - x(view.from) - 1), overviewHeight - 1);
}
