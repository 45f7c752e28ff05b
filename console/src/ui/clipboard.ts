import { say } from '../session/notices';

/** Copies a text; says so if the browser refuses. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    say('clipboard', 'error', 'The browser denied access to the clipboard.', 'Select the text and copy it.');
    return false;
  }
}
