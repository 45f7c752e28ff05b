import { useEffect, useRef } from 'preact/hooks';
import { isOpen, levels } from '../session/session';

/** Number of levels in the graph. */
const history = 240;

/** Audio levels of both sides, the user above the line and the model below, and meters of the current levels. */
export function Waveform() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const user = useRef<HTMLMeterElement>(null);
  const model = useRef<HTMLMeterElement>(null);
  const open = isOpen();
  useEffect(() => {
    if (!open) return;
    const past: [user: number, model: number][] = Array.from({ length: history }, () => [0, 0]);
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    let frame = 0;
    let drawn = 0;
    const draw = (time: number) => {
      frame = window.requestAnimationFrame(draw);
      // With reduced motion, update only the meters, four times a second.
      if (time - drawn < (calm ? 250 : 33)) return;
      drawn = time;
      const now: [number, number] = [levels.user(), levels.model()];
      past.push(now);
      past.shift();
      if (user.current) user.current.value = now[0];
      if (model.current) model.current.value = now[1];
      if (!calm && canvas.current) paint(canvas.current, past);
    };
    frame = window.requestAnimationFrame(draw);
    return () => window.cancelAnimationFrame(frame);
  }, [open]);
  return (
    <div class="waveform" hidden={!open}>
      <canvas ref={canvas} role="img" aria-label="Audio levels of the last seconds" />
      <div class="meters">
        <label>
          You <meter ref={user} min={0} max={1} value={0} data-testid="user-level" />
        </label>
        <label>
          Model <meter ref={model} min={0} max={1} value={0} data-testid="model-level" />
        </label>
      </div>
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, past: [number, number][]): void {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(canvas);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const middle = height / 2;
  const step = width / past.length;
  const bars = (side: 0 | 1, colour: string, sign: 1 | -1) => {
    context.fillStyle = style.getPropertyValue(colour);
    past.forEach((levels, index) => {
      const tall = Math.max(0.5, levels[side] * (middle - 1));
      context.fillRect(index * step, sign > 0 ? middle : middle - tall, Math.max(1, step - 1), tall);
    });
  };
  bars(0, '--user', -1);
  bars(1, '--model', 1);
}
