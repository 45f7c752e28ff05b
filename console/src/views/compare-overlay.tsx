import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { endOfQuestion, windowOf } from '../session/comparison';
import { current } from '../session/current';
import { earliest, type Turn, timeToAnswer } from '../session/turn';
import type { AudioIndex } from '../timeline/audio-index';
import { barsOf, Canvas } from '../timeline/paint';
import { ticksOf, type Viewport } from '../timeline/viewport';
import { seconds } from '../ui/format';

const ruler = 20;
const lane = 104;
const height = ruler + 2 * lane;

interface OverlayProps {
  mine: Turn | undefined;
  theirs: Turn | undefined;
  there: AudioIndex;
}

/** One turn of each session over the other, aligned at the end of the question. */
export function Overlay({ mine, theirs, there }: OverlayProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const view = windowOf([mine, theirs]);
  const draw = useRef(() => {});
  draw.current = () => {
    const canvas = Canvas.of(element.current, height);
    if (!canvas) return;
    axis(canvas, view);
    // The other one lies over this one; both are seen where they overlap.
    paint(canvas, view, mine, current.feed.audio, 'here');
    paint(canvas, view, theirs, there, 'there');
  };
  useLayoutEffect(() => draw.current());
  useEffect(() => {
    const sizes = new ResizeObserver(() => draw.current());
    if (element.current) sizes.observe(element.current);
    return () => sizes.disconnect();
  }, []);
  const words = [mine, theirs].map((turn) => {
    const time = turn && timeToAnswer(turn);
    return time === undefined ? 'no answer' : `answer after ${seconds(time)}`;
  });
  return (
    <figure class="overlay">
      <canvas
        ref={element}
        role="img"
        aria-label={`Both turns from the end of the question on. This session: ${words[0]}. The other: ${words[1]}.`}
        style={{ height: `${height}px` }}
        data-testid="overlay"
      />
      <figcaption>
        0 is the end of the question. <b class="here">{words[0]}</b> <b class="there">{words[1]}</b>
      </figcaption>
    </figure>
  );
}

function axis(canvas: Canvas, view: Viewport): void {
  const { context, width } = canvas;
  const x = (t: number) => ((t - view.from) / (view.to - view.from)) * width;
  for (const { at, label } of ticksOf(view, ((view.to - view.from) / width) * 72, 0)) {
    context.fillStyle = canvas.colour(at === 0 ? 'ink' : 'hair');
    context.fillRect(x(at) - (at === 0 ? 0.75 : 0), at === 0 ? 4 : ruler - 4, at === 0 ? 1.5 : 1, height);
    context.fillStyle = canvas.colour('soft');
    if (x(at) + 40 < width) context.fillText(label, x(at) + 5, ruler / 2);
  }
}

function paint(canvas: Canvas, view: Viewport, turn: Turn | undefined, audio: AudioIndex, kind: 'here' | 'there'): void {
  const zero = turn && endOfQuestion(turn);
  if (zero === undefined) return;
  const { context, width } = canvas;
  const [from, to, bars] = [zero + view.from, zero + view.to, barsOf(width)];
  context.globalAlpha = kind === 'here' ? 0.95 : 0.6;
  canvas.wave(audio.user.peaks.columns(from, to, bars), kind, ruler + lane - 1, lane - 8, true);
  canvas.wave(audio.model.peaks.columns(from, to, bars), kind, height - 1, lane - 8, true);
  context.globalAlpha = 1;
  const x = (t: number) => ((t - zero - view.from) / (view.to - view.from)) * width;
  const moments = [turn?.at.endDecided, turn?.at.firstAudible ?? earliest(turn?.at.firstAudio, turn?.at.firstToken)];
  context.strokeStyle = canvas.colour(kind);
  context.lineWidth = 1.5;
  for (const [index, t] of moments.entries()) {
    if (t === undefined || (index === 0 && t === zero)) continue;
    context.setLineDash(index === 0 ? [3, 3] : []);
    context.beginPath();
    context.moveTo(x(t), ruler);
    context.lineTo(x(t), height);
    context.stroke();
  }
  context.setLineDash([]);
}
