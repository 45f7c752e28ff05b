import { batch, effect } from '@preact/signals';
import { AudioNotLoaded } from '../audio/engine';
import { fromBase64 } from '../audio/pcm';
import { Speaker } from '../audio/speaker';
import type { ServerMessage } from '../protocol/messages';
import { changedSettings } from '../settings/changed';
import { profile } from '../settings/store';
import { functionsOf, problemsOf, toSetup } from '../settings/to-setup';
import { ToolRunner } from '../tools/runner';
import { Call, type CallState } from './call';
import { closeCamera } from './camera';
import { current, send } from './current';
import { devices } from './devices';
import { echoSuspected } from './echo-hint';
import { Feed } from './feed';
import { closeInput, openMicrophone, userLevel } from './input';
import type { Entry } from './log';
import { notice, say, settle } from './notices';
import { PlaybackGate } from './playback-gate';
import { LoginNeeded, newToken, socketUrl } from './server';
import { charts, holding, isOpen, modelAudible, pageColour, state, userSpeaking } from './state';
import { needsLogin, onServerBack, serverKnown, watch } from './watch';
import { watched } from './watched';

let speaker: Speaker | undefined;
let tools: ToolRunner | undefined;
let gate = new PlaybackGate();

export const levels = { user: userLevel, model: () => speaker?.level.now() ?? 0 };

onServerBack(() => current.call?.retryNow());

// Without a question of the browser, a reload would lose the session.
effect(() => {
  window.onbeforeunload = isOpen() ? (event: BeforeUnloadEvent) => event.preventDefault() : null;
});

/** Starts a session, with or without the microphone; returns whether it was started. */
export async function start(withMicrophone: boolean): Promise<boolean> {
  reset();
  const { feed } = current;
  state.value = 'connecting';
  // Inside the click: browsers allow audio only then.
  await openSpeaker();
  if (!profile.value.model) await serverKnown();
  if (current.feed !== feed || state.value !== 'connecting') return false;
  const problems = problemsOf(profile.value);
  if (problems.length > 0) {
    end();
    if (needsLogin.value) return false;
    if (profile.value.model) say('settings', 'error', problems.join(' '), 'Correct it in Settings.');
    else say('session', 'error', 'The server did not answer, so no model is known.', 'Start the server, then start again.');
    return false;
  }
  connect(feed);
  if (withMicrophone) await openMicrophone();
  return true;
}

/** Ends the session. */
export function hangUp(): void {
  const { call } = current;
  if (call) call.end();
  else if (isOpen()) end();
}

/** Stops the current answer. */
export function interrupt(): void {
  if (!isOpen()) return;
  silence();
  send({ clientContent: { turnComplete: false } });
}

/** Push-to-talk: starts the activity of the user and stops the answer. */
export function pressToTalk(): void {
  if (holding.value || profile.value.activity !== 'manual' || !isOpen()) return;
  holding.value = true;
  silence();
  send({ realtimeInput: { activityStart: {} } });
}

export function releaseToTalk(): void {
  if (!holding.value) return;
  holding.value = false;
  send({ realtimeInput: { activityEnd: {} } });
}

export const sendText = (text: string): void => send({ realtimeInput: { text } });

/** Shows an exported session like one that has just ended. */
export function replay(lines: Entry[]): void {
  reset();
  const { feed } = current;
  batch(() => {
    for (const entry of lines) feed.log.add(entry);
    feed.end();
    feed.show();
    state.value = 'replay';
  });
}

/** Removes the session from the page. */
export function reset(): void {
  hangUp();
  watched.value?.stop();
  closeDevices();
  current.call = undefined;
  current.feed = new Feed();
  gate = new PlaybackGate();
  batch(() => {
    current.feed.show();
    state.value = 'idle';
    notice.value = undefined;
    charts.value = [];
    pageColour.value = undefined;
  });
}

function connect(feed: Feed): void {
  const call = new Call(
    {
      setup: toSetup(profile.value),
      log: feed.log,
      address: async () => socketUrl(await credential()),
      isIdle: () =>
        !modelAudible.value && !userSpeaking.value && !holding.value && !tools?.open && feed.reader.turns.at(-1)?.done !== false,
    },
    {
      state: (next) => {
        if (current.call === call) changeState(next);
      },
      message: receive,
      failed: fail,
    },
  );
  tools = new ToolRunner(
    functionsOf(profile.value),
    {
      colour: (value) => {
        pageColour.value = value;
      },
      chart: (chart) => {
        charts.value = [...charts.value, { chart, turn: feed.reader.turns.length }];
      },
    },
    (functionResponses) => call.send({ toolResponse: { functionResponses } }),
  );
  current.call = call;
  call.start();
}

function changeState(next: CallState): void {
  if (next === 'ended') end();
  else state.value = next;
}

function end(): void {
  current.call = undefined;
  current.feed.end();
  closeDevices();
  state.value = current.feed.log.entries.length > 0 ? 'ended' : 'idle';
}

async function credential(): Promise<string> {
  try {
    const token = await newToken();
    settle('login');
    return token;
  } catch (error) {
    if (error instanceof LoginNeeded) needsLogin.value = true;
    throw error;
  }
}

function fail(cause: string, cure: string): void {
  if (needsLogin.value) return;
  const changed = changedSettings(profile.value);
  const suspects = /setting/.test(cure) && changed.length > 0 ? ` You changed: ${changed.join(', ')}.` : '';
  say('session', 'error', cause, cure + suspects);
  // The key may have been revoked; then the page must ask for another one.
  void watch();
}

function receive(message: ServerMessage): void {
  const content = message.serverContent;
  const plays = gate.admits(message);
  // Within a message, an interruption applies before new audio.
  if (content?.interrupted) {
    speaker?.clear();
    if (echoSuspected(current.feed.reader.turns))
      say('loudspeaker', 'hint', 'The microphone may pick up the loudspeaker.', 'Use a headset, or lower the volume.');
  }
  for (const { inlineData } of content?.modelTurn?.parts ?? []) {
    if (plays && inlineData?.data && inlineData.mimeType?.startsWith('audio/'))
      speaker?.play(fromBase64(inlineData.data), inlineData.mimeType);
  }
  if (message.toolCall) void tools?.call(message.toolCall.functionCalls ?? []);
  if (message.toolCallCancellation) tools?.cancel(message.toolCallCancellation.ids ?? []);
}

function silence(): void {
  gate.stop(current.feed.reader.turns.some((turn) => !turn.done));
  speaker?.clear();
}

async function openSpeaker(): Promise<void> {
  const { feed } = current;
  const mark = (what: 'audible' | 'silent' | 'drained') => () => {
    modelAudible.value = what === 'audible';
    feed.log.mark(what);
  };
  try {
    speaker = await Speaker.open({
      audible: mark('audible'),
      silent: mark('silent'),
      drained: mark('drained'),
      full: () => say('loudspeaker', 'hint', 'Ten minutes of audio are queued; further audio is dropped.', 'Stop the answer.'),
    });
    if (devices.speaker.value) await Speaker.useDevice(devices.speaker.value);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof AudioNotLoaded) say('loudspeaker', 'error', message, 'Check that the server runs, then start again.');
    else say('loudspeaker', 'hint', `Audio cannot be played: ${message}`, 'Answers are shown as text.');
  }
}

function closeDevices(): void {
  closeInput();
  speaker?.close();
  speaker = undefined;
  modelAudible.value = false;
  closeCamera();
}
