import { Speaker } from '../audio/speaker';
import { confirmed } from '../ui/dialog';
import { go } from '../ui/route';
import { request } from './admin';
import type { AdminSession } from './admin-types';
import { current } from './current';
import type { Feed } from './feed';
import { reset } from './session';
import { isOpen, modelAudible, state } from './state';
import { linesOf, take, type WatchLine } from './watch-lines';
import { type Watched, watched } from './watched';

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
    isAway: false,
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
      else {
        take(line, text, feed.log, voices);
        if (line.mark === 'closed' || line.mark === 'connected') show({ isAway: line.mark === 'closed' });
      }
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
