import { useEffect } from 'preact/hooks';
import { interrupt, pressToTalk, releaseToTalk, toggleMute } from '../session/session';
import { type View, view } from './app';

/** Keyboard shortcuts, active outside of fields and buttons. */
export const shortcuts: readonly [key: string, does: string][] = [
  ['space', 'hold to talk (push-to-talk)'],
  ['i', 'interrupt the answer'],
  ['m', 'mute the microphone'],
  ['t', 'write a message'],
  ['1 to 4', 'switch views'],
];

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (/^(input|textarea|select)$/i.test(target.tagName) || target.isContentEditable);

const viewKeys: Record<string, View> = { 1: 'talk', 2: 'setup', 3: 'inspect', 4: 'admin' };

export function useShortcuts(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      const onButton = event.target instanceof HTMLButtonElement;
      const chosen = viewKeys[event.key];
      if (event.key === ' ' && !onButton) pressToTalk();
      else if (event.key === 'i') interrupt();
      else if (event.key === 'm') toggleMute();
      else if (event.key === 't') document.getElementById('message')?.focus();
      else if (chosen) view.value = chosen;
      else return;
      event.preventDefault();
    };
    const up = (event: KeyboardEvent) => {
      if (event.key === ' ' && !isField(event.target)) releaseToTalk();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    // A key that is released in another window sends no event here.
    window.addEventListener('blur', releaseToTalk);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', releaseToTalk);
    };
  }, []);
}
