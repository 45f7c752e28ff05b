import { fromBase64, inputRate } from '../audio/pcm';
import type { Speaker } from '../audio/speaker';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import type { SessionLog } from './log';

/** A line of `GET /admin/sessions/{id}/watch` (docs/keys.md#watching-a-session). */
export interface WatchLine {
  t: number;
  dir: 'in' | 'out' | 'local';
  json?: unknown;
  mark?: string;
  code?: number;
  reason?: string;
  dropped?: number;
  node?: string;
}

/** Plays the audio of both sides. */
interface Voices {
  user: Pick<Speaker, 'play' | 'clear'>;
  model: Pick<Speaker, 'play' | 'clear'>;
}

/** Adds a line to the log of the session, and plays its audio. */
export function take(line: WatchLine, text: string, log: SessionLog, voices?: Voices): void {
  if (line.dir === 'local') {
    if (line.mark === 'closed') log.mark('closed', { code: line.code ?? 1006, reason: line.reason ?? '' });
    else if (line.mark === 'connected') log.mark('connected');
    return;
  }
  if (line.json === undefined) return;
  log.message(line.dir, text, line.json, line.t * 1000);
  if (!voices || line.json === null || typeof line.json !== 'object') return;
  if (line.dir === 'in') {
    const audio = (line.json as ClientMessage).realtimeInput?.audio;
    if (audio?.data) voices.user.play(fromBase64(audio.data), audio.mimeType ?? `audio/pcm;rate=${inputRate}`);
    return;
  }
  const content = (line.json as ServerMessage).serverContent;
  if (content?.interrupted) voices.model.clear();
  for (const { inlineData } of content?.modelTurn?.parts ?? [])
    if (inlineData?.data && inlineData.mimeType?.startsWith('audio/')) voices.model.play(fromBase64(inlineData.data), inlineData.mimeType);
}

/** The lines of a stream as they arrive. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) yield line;
  }
}
