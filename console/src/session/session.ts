import { batch, signal } from '@preact/signals';
import { Microphone } from '../audio/microphone';
import { fromBase64, inputRate, toBase64 } from '../audio/pcm';
import { Speaker } from '../audio/speaker';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import { profile } from '../settings/store';
import { functionsOf, problemsOf, toSetup } from '../settings/to-setup';
import type { Chart } from '../tools/functions';
import { ToolRunner } from '../tools/runner';
import { Camera, type CameraKind } from '../video/camera';
import { Call, type CallState } from './call';
import { devices } from './devices';
import { echoSuspected } from './echo-hint';
import { type Facts, noFacts, updateFacts } from './facts';
import { type Entry, SessionLog } from './log';
import { newToken, socketUrl } from './server';
import { SpeechDetector } from './speech-detector';
import type { Turn } from './turn';
import { TurnReader } from './turns';

export type Notice = { text: string; cure: string; kind: 'error' | 'hint' };

/** The state of the session. Views read these signals and call the functions below. */
export const state = signal<CallState | 'idle' | 'replay'>('idle');
export const turns = signal<Turn[]>([]);
export const facts = signal<Facts>(noFacts());
export const entries = signal<Entry[]>([]);
export const notice = signal<Notice | undefined>(undefined);
export const muted = signal(false);
export const microphoneOpen = signal(false);
export const speaking = signal(false);
export const cameraKind = signal<CameraKind | undefined>(undefined);
export const lastFrame = signal<string | undefined>(undefined);
export const charts = signal<Chart[]>([]);
export const pageColour = signal<string | undefined>(undefined);
export const startedAt = signal<number | undefined>(undefined);

let log = newLog();
let reader = new TurnReader();
let call: Call | undefined;
let microphone: Microphone | undefined;
let speaker: Speaker | undefined;
let camera: Camera | undefined;
let tools: ToolRunner | undefined;
let scheduled = false;

export const levels = {
  user: () => (microphone && !microphone.muted ? microphone.level.now() : 0),
  model: () => speaker?.level.now() ?? 0,
};

export const isOpen = () => state.value === 'connecting' || state.value === 'live' || state.value === 'reconnecting';

/** Starts a session, with or without the microphone. */
export async function start(withMicrophone: boolean): Promise<void> {
  const problems = problemsOf(profile.value);
  if (problems.length > 0) {
    say('error', problems.join(' '), 'Correct it in Set up.');
    return;
  }
  reset();
  try {
    speaker = await Speaker.open(speakerEvents);
    if (devices.speaker.value) await Speaker.useDevice(devices.speaker.value);
  } catch (error) {
    say('hint', `Audio cannot be played: ${(error as Error).message}`, 'Answers are shown as text.');
  }
  call = new Call(
    {
      setup: toSetup(profile.value),
      log,
      address: async () => socketUrl(await newToken()),
      isIdle: () => !speaker?.audible && !speaking.value && (tools?.open ?? 0) === 0 && reader.turns.at(-1)?.done !== false,
    },
    {
      state: (next) => {
        state.value = next;
        if (next === 'ended') closeDevices();
      },
      message: receive,
      failed: (cause, cure) => say('error', cause, cure),
    },
  );
  const opened = call;
  tools = new ToolRunner(
    functionsOf(profile.value),
    {
      colour: (value) => {
        pageColour.value = value;
      },
      chart: (chart) => {
        charts.value = [...charts.value, chart].slice(-8);
      },
    },
    (functionResponses) => opened.send({ toolResponse: { functionResponses } }),
  );
  startedAt.value = performance.now();
  call.start();
  if (withMicrophone) await openMicrophone();
}

export function hangUp(): void {
  call?.end();
  call = undefined;
}

export async function openMicrophone(): Promise<void> {
  if (microphone) return;
  const detector = new SpeechDetector((what, msAgo) => log.mark(what, { t: log.now() - msAgo }));
  try {
    microphone = await Microphone.open(
      { deviceId: devices.microphone.value, echoCancellation: profile.value.echoCancellation },
      (pcm) => {
        detector.process(pcm, inputRate);
        // In push-to-talk, send audio only while the user holds the key.
        if (profile.value.activity === 'manual' && !speaking.value) return;
        send({ realtimeInput: { audio: { mimeType: `audio/pcm;rate=${inputRate}`, data: toBase64(new Uint8Array(pcm.buffer)) } } });
      },
      () => say('error', 'The microphone was disconnected.', 'Reconnect it or choose another one, then press the microphone button.'),
    );
    microphone.muted = muted.value;
    microphoneOpen.value = true;
    void devices.refresh();
    if (!isOpen()) closeDevices();
  } catch (error) {
    say('error', ...microphoneWords(error as Error));
  }
}

export function closeMicrophone(): void {
  if (!microphone) return;
  microphone.stop();
  microphone = undefined;
  microphoneOpen.value = false;
  if (profile.value.activity === 'automatic') send({ realtimeInput: { audioStreamEnd: true } });
}

export function toggleMute(): void {
  muted.value = !muted.value;
  if (microphone) microphone.muted = muted.value;
}

/** Push-to-talk: starts the activity of the user and interrupts the answer. */
export function pressToTalk(): void {
  if (speaking.value || profile.value.activity !== 'manual' || !isOpen()) return;
  speaking.value = true;
  speaker?.clear();
  send({ realtimeInput: { activityStart: {} } });
}

export function releaseToTalk(): void {
  if (!speaking.value) return;
  speaking.value = false;
  send({ realtimeInput: { activityEnd: {} } });
}

export function sendText(text: string): void {
  send({ realtimeInput: { text } });
}

/** Interrupts the current answer. */
export function interrupt(): void {
  if (!isOpen()) return;
  speaker?.clear();
  send({ clientContent: { turnComplete: false } });
}

export async function toggleCamera(kind: CameraKind): Promise<void> {
  const was = camera?.kind;
  closeCamera();
  if (was === kind) return;
  try {
    camera = await Camera.open(
      kind,
      devices.camera.value,
      (jpeg) => {
        send({ realtimeInput: { video: { mimeType: 'image/jpeg', data: toBase64(jpeg) } } });
        if (lastFrame.value) URL.revokeObjectURL(lastFrame.value);
        lastFrame.value = URL.createObjectURL(new Blob([jpeg as BlobPart], { type: 'image/jpeg' }));
      },
      closeCamera,
    );
    cameraKind.value = kind;
    void devices.refresh();
  } catch (error) {
    say('error', `The browser denied access to the ${kind === 'screen' ? 'screen' : 'camera'}.`, (error as Error).message);
  }
}

/** Shows an exported session like one that has just ended. */
export function replay(lines: Entry[]): void {
  hangUp();
  reset();
  batch(() => {
    for (const entry of lines) log.add(entry);
    state.value = 'replay';
  });
}

/** Clears the current session. */
export function reset(): void {
  hangUp();
  closeDevices();
  log = newLog();
  reader = new TurnReader();
  batch(() => {
    state.value = 'idle';
    turns.value = [];
    facts.value = noFacts();
    entries.value = [];
    notice.value = undefined;
    charts.value = [];
    startedAt.value = undefined;
    if (lastFrame.value) URL.revokeObjectURL(lastFrame.value);
    lastFrame.value = undefined;
  });
}

/** Call when the server is reachable again: retries a waiting connection at once. */
export function serverIsBack(): void {
  call?.retryNow();
}

export const now = (): number => log.now();
export const dropped = (): number => log.dropped;

export function say(kind: Notice['kind'], text: string, cure = ''): void {
  notice.value = { kind, text, cure };
}

function send(message: ClientMessage): void {
  call?.send(message);
}

function receive(message: ServerMessage): void {
  const content = message.serverContent;
  // Within a message, an interruption applies before new audio.
  if (content?.interrupted) {
    speaker?.clear();
    if (echoSuspected(reader.turns)) say('hint', 'The microphone may pick up the loudspeaker.', 'Use a headset, or lower the volume.');
  }
  for (const { inlineData } of content?.modelTurn?.parts ?? []) {
    if (inlineData?.data && inlineData.mimeType?.startsWith('audio/')) speaker?.play(fromBase64(inlineData.data), inlineData.mimeType);
  }
  if (message.toolCall) void tools?.call(message.toolCall.functionCalls ?? []);
  if (message.toolCallCancellation) tools?.cancel(message.toolCallCancellation.ids ?? []);
}

const speakerEvents = {
  audible: () => log.mark('audible'),
  silent: () => log.mark('silent'),
  drained: () => log.mark('drained'),
  full: () => say('hint', 'Ten minutes of audio are queued; further audio is dropped.', 'Interrupt the answer.'),
};

function closeCamera(): void {
  camera?.stop();
  camera = undefined;
  cameraKind.value = undefined;
}

function closeDevices(): void {
  microphone?.stop();
  microphone = undefined;
  speaker?.close();
  speaker = undefined;
  closeCamera();
  microphoneOpen.value = false;
  speaking.value = false;
}

function newLog(): SessionLog {
  return new SessionLog((entry) => {
    const changed = reader.feed(entry);
    dirty.turns ||= changed;
    facts.value = updateFacts(facts.peek(), entry);
    schedule();
  });
}

const dirty = { turns: false };

// Fifty messages a second arrive; redraw at most once per animation frame.
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  const draw = () => {
    if (!scheduled) return;
    scheduled = false;
    batch(() => {
      entries.value = log.entries.slice();
      if (dirty.turns) turns.value = reader.turns.map((turn) => ({ ...turn }));
      dirty.turns = false;
    });
  };
  // A background page gets no animation frames, but its captions must update.
  if (document.hidden) window.setTimeout(draw, 250);
  else window.requestAnimationFrame(draw);
}

function microphoneWords(error: Error): [text: string, cure: string] {
  switch (error.name) {
    case 'NotAllowedError':
      return [
        'The browser denied access to the microphone.',
        'Allow it in the address bar, then press the microphone button. Text works without it.',
      ];
    case 'NotFoundError':
    case 'OverconstrainedError':
      return ['No microphone was found.', 'Connect one, then press the microphone button. Text works without it.'];
    case 'NotReadableError':
      return ['The microphone is in use by another program.', 'Close that program, then press the microphone button.'];
    default:
      return [error.message, ''];
  }
}
