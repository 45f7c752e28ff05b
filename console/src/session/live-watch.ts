import { fromBase64, inputRate } from '../audio/pcm';
import { Speaker } from '../audio/speaker';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import { confirmed } from '../ui/dialog';
import { go } from '../ui/route';
import { request } from './admin';
import type { AdminSession } from './admin-types';
import { current } from './current';
import type { Feed } from './feed';
import { reset } from './session';
import { isOpen, modelAudible, state } from './state';
import { type Watched, watched } from './watched';

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

/** Shows a running session in Inspect, and plays both voices. An error is a sentence for a person. */
export async function watchSession(session: AdminSession, name: string): Promise<void> {
  const lines = ['Your session ends if you continue; its messages stay available as the previous session.'];
  if (isOpen() && !(await confirmed({ title: 'End your own session?', lines, confirm: 'End it and watch', decline: 'Keep it' }))) return;
  const abort = new AbortController();
  const response = await request(`sessions/${encodeURIComponent(session.id)}/watch`, 'session', { signal: abort.signal });
  if (!response.body) throw new Error('This browser cannot read the stream of the server.');
  reset();
  const { feed } = current;
  const voices = await Voices.open(feed);
  const show = (change: Partial<Watched>) => {
    if (watched.value && current.feed === feed) watched.value = { ...watched.value, ...change };
  };
  watched.value = {
    name,
    model: session.model.replace('models/', ''),
    dropped: 0,
    silenced: false,
    silence: (silenced) => {
      voices?.silence(silenced);
      show({ silenced });
    },
    stop: () => {
      abort.abort();
      voices?.close();
      watched.value = undefined;
      if (current.feed === feed) finish(feed);
    },
  };
  state.value = 'watching';
  go('inspect');
  void follow(response.body, feed, voices, show);
}

async function follow(
  body: ReadableStream<Uint8Array>,
  feed: Feed,
  voices: Voices | undefined,
  show: (change: Partial<Watched>) => void,
): Promise<void> {
  let over = 'The connection to the server was lost. The session may still run.';
  try {
    for await (const text of linesOf(body)) {
      const line = JSON.parse(text) as WatchLine;
      if (line.mark === 'ended') over = 'The session has ended.';
      else if (line.mark === 'moved') over = `The session continues on the server ${line.node ?? ''}. Open Admin there to watch it.`;
      else if (line.mark === 'alive') show({ dropped: line.dropped ?? 0 });
      else take(line, text, feed, voices);
    }
  } catch {
    // The connection was lost, or the page stopped watching.
  }
  voices?.close();
  if (current.feed !== feed || state.value !== 'watching') return;
  finish(feed);
  show({ over });
}

/** From now on the page shows it like a recording. */
function finish(feed: Feed): void {
  feed.end();
  modelAudible.value = false;
  state.value = feed.log.entries.length > 0 ? 'replay' : 'idle';
}

/** Adds a line to the log of the session, and plays its audio. */
export function take(line: WatchLine, text: string, feed: Feed, voices?: Pick<Voices, 'user' | 'model'>): void {
  if (line.dir === 'local') {
    if (line.mark === 'closed') feed.log.mark('closed', { code: line.code ?? 1006, reason: line.reason ?? '' });
    else if (line.mark === 'connected') feed.log.mark('connected');
    return;
  }
  if (line.json === undefined) return;
  feed.log.message(line.dir, text, line.json, line.t * 1000);
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

/** Loudspeakers for both voices. */
class Voices {
  private constructor(
    readonly user: Speaker,
    readonly model: Speaker,
  ) {}

  /** Without audio output the session is shown silently. */
  static async open(feed: Feed): Promise<Voices | undefined> {
    const ignore = () => {};
    const mark = (what: 'audible' | 'silent' | 'drained') => () => {
      if (current.feed !== feed || state.value !== 'watching') return;
      modelAudible.value = what === 'audible';
      feed.log.mark(what);
    };
    try {
      const user = await Speaker.open({ audible: ignore, silent: ignore, drained: ignore, full: ignore });
      const model = await Speaker.open({ audible: mark('audible'), silent: mark('silent'), drained: mark('drained'), full: ignore });
      return new Voices(user, model);
    } catch {
      return undefined;
    }
  }

  silence(silenced: boolean): void {
    for (const voice of [this.user, this.model]) voice.volume = silenced ? 0 : 1;
  }

  close(): void {
    this.user.close();
    this.model.close();
  }
}
