import type { ServerMessage } from '../protocol/messages';

/** After the user stopped an answer, the rest of it that is still under way must not be played. */
export class PlaybackGate {
  private closed = false;

  /** The user stopped the answer. `answering` says whether the server may still send audio of it. */
  stop(answering: boolean): void {
    this.closed = answering;
  }

  /** Whether to play the audio of this message. The acknowledgement of the server opens the gate: what comes with it is a new answer. */
  admits({ serverContent, setupComplete }: ServerMessage): boolean {
    if (serverContent?.interrupted || setupComplete) this.closed = false;
    const plays = !this.closed;
    if (serverContent?.turnComplete) this.closed = false;
    return plays;
  }
}
