import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { toggleMute } from '../session/input';
import { interrupt, pressToTalk, releaseToTalk } from '../session/session';
import { go, views } from '../ui/route';
import { shownViews } from './app';

const key = 'parley.shortcuts';

const stored = (): boolean => {
  try {
    return localStorage.getItem(key) !== 'off';
  } catch {
    return true;
  }
};

/** Whether single keys are shortcuts. Speech input and some aids type letters by themselves, so they can be switched off. */
export const shortcutsOn = signal(stored());

effect(() => {
  try {
    localStorage.setItem(key, shortcutsOn.value ? 'on' : 'off');
  } catch {
    // Without storage the choice lasts as long as the page.
  }
});

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (/^(input|textarea|select|summary)$/i.test(target.tagName) || target.isContentEditable);

/** Keyboard shortcuts, active outside of fields, buttons and dialogs. */
export function useShortcuts(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (!shortcutsOn.value || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
      const chosen = shownViews().find((one) => String(Object.keys(views).indexOf(one) + 1) === event.key);
      if (event.key === ' ' && !onButton) pressToTalk();
      else if (event.key === 'i') interrupt();
      else if (event.key === 'm') toggleMute();
      else if (event.key === 't') document.getElementById('message')?.focus();
      else if (chosen) go(chosen);
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
