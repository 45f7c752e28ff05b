import { effect, signal } from '@preact/signals';

const key = 'parley.limit';

/** Below a second a conversation flows; above two, people ask whether they were heard. */
const usual = 1_000;

const stored = (): number => {
  try {
    const value = Number(localStorage.getItem(key));
    return value > 0 ? value : usual;
  } catch {
    return usual;
  }
};

/** The longest time to answer that counts as good, in milliseconds. */
export const limitMs = signal(stored());

effect(() => {
  try {
    localStorage.setItem(key, String(limitMs.value));
  } catch {
    // Without storage the limit lasts as long as the page.
  }
});

/** How a time to answer compares with the limit; twice the limit is slow. */
export const speedOf = (value: number, limit = limitMs.value): 'fast' | 'fair' | 'slow' =>
  value <= limit ? 'fast' : value <= 2 * limit ? 'fair' : 'slow';
