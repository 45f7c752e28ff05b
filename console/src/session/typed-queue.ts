import type { Turn } from './turn';

/** What was typed while there was no connection, in its order. It is sent when there is one. */
export class TypedQueue {
  private readonly waiting: { turn: Turn; text: string }[] = [];

  add(turn: Turn, text: string): void {
    turn.queued = true;
    this.waiting.push({ turn, text });
  }

  /** The turn of a text that is sent now; undefined if the text did not wait. */
  take(text: string): Turn | undefined {
    if (this.waiting[0]?.text !== text) return undefined;
    const turn = this.waiting.shift()?.turn;
    if (turn) turn.queued = this.waiting.some((one) => one.turn === turn) || undefined;
    return turn;
  }
}
