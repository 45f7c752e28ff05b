import { signal } from '@preact/signals';

/** What a notice is about. A success settles the notices of its topic. */
export type Topic = 'session' | 'microphone' | 'camera' | 'loudspeaker' | 'login' | 'file' | 'settings' | 'clipboard' | 'admin';

export interface Notice {
  topic: Topic;
  kind: 'error' | 'hint';
  text: string;
  /** What the user can do. */
  cure: string;
  action?: { label: string; run(): void };
}

export const notice = signal<Notice | undefined>(undefined);

export function say(topic: Topic, kind: Notice['kind'], text: string, cure = '', action?: Notice['action']): void {
  notice.value = { topic, kind, text, cure, ...(action ? { action } : {}) };
}

/** Removes the notice of a topic, because what it reports is over. */
export function settle(topic: Topic): void {
  if (notice.peek()?.topic === topic) notice.value = undefined;
}
