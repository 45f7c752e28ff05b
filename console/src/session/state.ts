import { signal } from '@preact/signals';
import type { Chart } from '../tools/functions';
import type { CameraKind } from '../video/camera';
import type { CallState } from './call';
import { type Facts, noFacts } from './facts';
import type { Turn } from './turn';

/** What the views show of the current session; the functions of `session.ts` and `input.ts` change it. */
export const state = signal<CallState | 'idle' | 'replay' | 'watching'>('idle');
export const turns = signal<Turn[]>([]);
export const facts = signal<Facts>(noFacts());
/** Changes when the log has changed; read it before `current.feed.log.entries`. */
export const revision = signal(0);
/** Changes once a second while a session is open, and when another one is shown: for what need not follow each word. */
export const beat = signal(0);

export const muted = signal(false);
export const microphoneOpen = signal(false);
/** Push-to-talk: whether the user holds the key. */
export const holding = signal(false);
/** Whether the microphone, or a phrase of the page, contains speech. */
export const userSpeaking = signal(false);
export const modelAudible = signal(false);
/** Text of the phrase that the page speaks. */
export const phrase = signal<string | undefined>(undefined);

export const cameraKind = signal<CameraKind | undefined>(undefined);
export const lastFrame = signal<string | undefined>(undefined);
/** Charts that functions have drawn, each with the number of its turn. */
export const charts = signal<{ chart: Chart; turn: number }[]>([]);
export const pageColour = signal<string | undefined>(undefined);

export const isOpen = (): boolean => state.value === 'connecting' || state.value === 'live' || state.value === 'reconnecting';

/** Whether messages may still come: of a session of this page, or of one that it watches. */
export const isRunning = (): boolean => isOpen() || state.value === 'watching';
