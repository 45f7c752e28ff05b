import { AudioIndex } from '../timeline/audio-index';
import type { Entry } from './log';
import type { Turn } from './turn';
import { TurnReader } from './turns';

/** A session that is read beside the shown one. */
export interface Reading {
  turns: Turn[];
  audio: AudioIndex;
}

export function read(entries: Entry[]): Reading {
  const reader = new TurnReader();
  const audio = new AudioIndex();
  for (const entry of entries) reader.feed(entry);
  audio.update(entries);
  return { turns: reader.turns, audio };
}
