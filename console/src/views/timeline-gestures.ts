import { useEffect } from 'preact/hooks';
import { pan, viewport, zoom } from '../timeline/state';

interface Actions {
  /** A click, at this moment of the session. */
  play(t: number): void;
  /** The pointer is at this moment, or has left. */
  hover(t: number | undefined): void;
}

/** A press that moves less than this is a click, in pixels. */
const slop = 4;

/**
 * Gestures of the timeline. A click plays; a drag moves the view; Ctrl and the wheel, or two fingers, zoom; a horizontal wheel moves. After a click
 * the wheel zooms without Ctrl. The page scrolls otherwise.
 */
export function useGestures(surface: { current: HTMLElement | null }, actions: Actions): void {
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const fingers = new Map<number, number>();
    let pressed = 0;
    let moved = false;
    const momentAt = (clientX: number) => {
      const box = element.getBoundingClientRect();
      const { from, to } = viewport();
      return from + ((clientX - box.left) / box.width) * (to - from);
    };
    const perPixel = () => {
      const { from, to } = viewport();
      return (to - from) / element.clientWidth;
    };
    const spread = () => {
      const all = [...fingers.values()];
      return { wide: Math.max(1, Math.max(...all) - Math.min(...all)), middle: all.reduce((sum, one) => sum + one, 0) / all.length };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      if (fingers.size === 0) {
        pressed = event.clientX;
        moved = false;
      } else moved = true;
      fingers.set(event.pointerId, event.clientX);
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') actions.hover(momentAt(event.clientX));
      const last = fingers.get(event.pointerId);
      if (last === undefined) return;
      const before = spread();
      fingers.set(event.pointerId, event.clientX);
      const after = spread();
      if (Math.abs(event.clientX - pressed) > slop) moved = true;
      if (!moved) return;
      if (fingers.size > 1) zoom(before.wide / after.wide, momentAt(after.middle));
      pan((before.middle - after.middle) * perPixel());
    };
    const up = (event: PointerEvent) => {
      if (!fingers.delete(event.pointerId)) return;
      if (fingers.size === 0 && !moved && event.type === 'pointerup') actions.play(Math.max(0, momentAt(event.clientX)));
    };
    const leave = () => actions.hover(undefined);
    const wheel = (event: WheelEvent) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) pan(sideways * perPixel());
      else if (event.ctrlKey || event.metaKey || document.activeElement === element) zoom(1.0025 ** event.deltaY, momentAt(event.clientX));
      else return;
      event.preventDefault();
    };
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('wheel', wheel);
    };
  }, []);
}
