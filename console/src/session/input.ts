import { AudioNotLoaded, audioContext } from '../audio/engine';
import { Microphone } from '../audio/microphone';
import { inputRate, toBase64 } from '../audio/pcm';
import { loadPhrase, type Phrase } from '../audio/phrase';
import { profile } from '../settings/store';
import { current, now, send } from './current';
import { devices } from './devices';
import { say, settle } from './notices';
import { SpeechDetector } from './speech-detector';
import { holding, isOpen, microphoneOpen, muted, phrase, userSpeaking } from './state';

/** Samples of one message: 20 ms. */
const chunk = inputRate / 50;

/** Silence after a phrase if there is no microphone, so that the server hears its end. */
const silenceMs = 2_500;

let microphone: Microphone | undefined;
let detector = newDetector();
let stopPhrase: (() => void) | undefined;

/** Level of what the user says, 0 to 1 over 60 dB. */
export const userLevel = (): number => (microphoneOpen.peek() || phrase.peek() ? detector.level : 0);

function newDetector(): SpeechDetector {
  return new SpeechDetector((what, msAgo) => {
    current.feed.log.mark(what, { t: now() - msAgo });
    userSpeaking.value = what === 'speechStarted';
  });
}

// All audio of the user passes here. In push-to-talk it is sent only while the user holds the key.
function take(pcm: Int16Array): void {
  detector.process(pcm, inputRate);
  if (profile.peek().activity === 'manual' && !holding.peek()) return;
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  send({ realtimeInput: { audio: { mimeType: `audio/pcm;rate=${inputRate}`, data: toBase64(bytes) } } });
}

export async function openMicrophone(): Promise<void> {
  if (microphone) return;
  try {
    microphone = await Microphone.open(
      { deviceId: devices.microphone.value, echoCancellation: profile.value.echoCancellation },
      (pcm) => {
        if (!stopPhrase) take(pcm);
      },
      () => {
        closeMicrophone();
        say(
          'microphone',
          'error',
          'The microphone was disconnected.',
          'Connect it again or choose another one, then turn the microphone on.',
        );
      },
    );
    microphone.muted = muted.value;
    microphoneOpen.value = true;
    settle('microphone');
    void devices.refresh();
    if (!isOpen()) closeMicrophone();
  } catch (error) {
    say('microphone', 'error', ...microphoneWords(error as Error));
  }
}

export function closeMicrophone(): void {
  if (!microphone) return;
  microphone.stop();
  microphone = undefined;
  microphoneOpen.value = false;
  userSpeaking.value = false;
  detector = newDetector();
  if (profile.value.activity === 'automatic') send({ realtimeInput: { audioStreamEnd: true } });
}

export function toggleMute(): void {
  muted.value = !muted.value;
  if (microphone) microphone.muted = muted.value;
}

/** Stops all audio of the user; for the end of a session. */
export function closeInput(): void {
  stopPhrase?.();
  microphone?.stop();
  microphone = undefined;
  detector = newDetector();
  microphoneOpen.value = false;
  userSpeaking.value = false;
  holding.value = false;
}

/** Speaks a phrase into the session, and aloud. Without its audio, the text is sent. */
export async function speak(spoken: Phrase): Promise<void> {
  stopPhrase?.();
  phrase.value = spoken.text;
  const feed = current.feed;
  try {
    const { heard, pcm } = await loadPhrase(spoken);
    if (current.feed !== feed || phrase.value !== spoken.text) return;
    const context = await audioContext();
    const source = new AudioBufferSourceNode(context, { buffer: heard });
    source.connect(context.destination);
    source.start();
    stream(pcm, () => source.stop());
  } catch {
    phrase.value = undefined;
    send({ realtimeInput: { text: spoken.text } });
  }
}

// Sends the audio at the speed of speech. The microphone pauses meanwhile.
function stream(pcm: Int16Array, silence: () => void): void {
  const manual = profile.value.activity === 'manual';
  if (manual) {
    holding.value = true;
    send({ realtimeInput: { activityStart: {} } });
  }
  const started = performance.now();
  let sent = 0;
  const finish = () => {
    window.clearInterval(timer);
    stopPhrase = undefined;
    phrase.value = undefined;
    silence();
    if (manual && holding.value) send({ realtimeInput: { activityEnd: {} } });
    else if (!microphone) send({ realtimeInput: { audioStreamEnd: true } });
    holding.value = false;
    if (!microphone) userSpeaking.value = false;
  };
  const timer = window.setInterval(() => {
    const due = ((performance.now() - started) / 1000) * inputRate;
    for (; sent + chunk <= due; sent += chunk) {
      const piece = new Int16Array(chunk);
      piece.set(pcm.subarray(sent, sent + chunk));
      take(piece);
    }
    const spokenToEnd = sent >= pcm.length;
    if (spokenToEnd && (manual || microphone || sent >= pcm.length + (silenceMs / 1000) * inputRate)) finish();
    else if (spokenToEnd) phrase.value = undefined;
  }, 20);
  stopPhrase = finish;
}

function microphoneWords(error: Error): [text: string, cure: string] {
  switch (error.name) {
    case 'NotAllowedError':
      return [
        'This page is not allowed to use the microphone.',
        'Allow it in the address bar, then turn the microphone on. Text works without it.',
      ];
    case 'NotFoundError':
    case 'OverconstrainedError':
      return ['No microphone was found.', 'Connect one, then turn the microphone on. Text works without it.'];
    case 'NotReadableError':
      return ['Another program uses the microphone.', 'Close that program, then turn the microphone on.'];
    default:
      return [error.message, error instanceof AudioNotLoaded ? 'Check that the server runs, then start again.' : ''];
  }
}
