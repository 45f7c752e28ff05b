import { inputRate, outputRate } from '../audio/pcm';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry } from '../session/log';
import { Track } from './track';

/** The audio of both sides on one clock. It is built from the log, and grows with it. */
export class AudioIndex {
  readonly user = new Track(inputRate);
  readonly model = new Track(outputRate);
  private seen = 0;
  private first = 1;

  /** Where the last audio ends, in milliseconds of the session. */
  get end(): number {
    return Math.max(this.user.end, this.model.end);
  }

  /** Reads new entries, for about so many milliseconds; returns whether all are read. */
  update(entries: Entry[], budgetMs = Number.POSITIVE_INFINITY): boolean {
    const oldest = entries[0]?.n ?? 1;
    if (oldest > this.first) {
      for (const track of [this.user, this.model]) track.forget(oldest);
      this.first = oldest;
    }
    const until = performance.now() + budgetMs;
    for (let index = Math.max(0, this.seen - oldest + 1); index < entries.length; index++) {
      const entry = entries[index] as Entry;
      this.take(entry);
      this.seen = entry.n;
      if (index % 256 === 0 && performance.now() > until) return index === entries.length - 1;
    }
    return true;
  }

  private take({ n, dir, t, mark, message }: Entry): void {
    if (mark === 'silent') this.model.cut(t);
    if (dir === 'local' || message === null || typeof message !== 'object') return;
    if (dir === 'in') {
      const audio = (message as ClientMessage).realtimeInput?.audio;
      if (audio?.data) this.user.record(n, audio, t);
      return;
    }
    const content = (message as ServerMessage).serverContent;
    if (content?.interrupted) this.model.cut(t);
    for (const { inlineData } of content?.modelTurn?.parts ?? [])
      if (inlineData?.data && inlineData.mimeType?.startsWith('audio/pcm')) this.model.queue(n, inlineData, t);
  }
}
