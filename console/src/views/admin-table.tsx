import type { ComponentChildren } from 'preact';
import { refresh } from '../session/admin';
import { say } from '../session/notices';

/** A table that scrolls in itself; on a phone each row is a card. */
export function Table({
  title,
  head,
  actions = true,
  children,
}: {
  title: string;
  head: string[];
  actions?: boolean;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table>
        <thead>
          <tr>
            {head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
            {actions && (
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Runs a request and refreshes the view; returns whether it succeeded. */
export async function act(what: Promise<unknown>): Promise<boolean> {
  let done = true;
  try {
    await what;
  } catch (error) {
    done = false;
    say('admin', 'error', (error as Error).message);
  }
  await refresh();
  return done;
}

/** `30 Nov, 14:05` */
export const moment = (text: string): string =>
  new Date(text).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** `30 Nov 2026` */
export const date = (text: string): string =>
  new Date(text).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
