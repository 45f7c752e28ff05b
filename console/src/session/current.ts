import type { ClientMessage } from '../protocol/messages';
import type { Call } from './call';
import { Feed } from './feed';

/** The session that the page shows, and its connection while it is open. */
export const current: { feed: Feed; call: Call | undefined } = { feed: new Feed(), call: undefined };

export const send = (message: ClientMessage): void => current.call?.send(message);

export const now = (): number => current.feed.now();
