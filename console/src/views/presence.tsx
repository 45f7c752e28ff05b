import { computed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { now } from '../session/current';
import { type Phase, phaseOf } from '../session/phase';
import { levels } from '../session/session';
import { microphoneOpen, modelAudible, muted, phrase, state, turns, userSpeaking } from '../session/state';
import type { Turn } from '../session/turn';
import { clock, ms } from '../ui/format';
import { useTicker } from '../ui/ticker';

export const phase = computed<Phase>(() =>
  phaseOf({ state: state.value, userSpeaking: userSpeaking.value, modelAudible: modelAudible.value, turn: turns.value.at(-1) }),
);

function wordsOf(shown: Phase): string {
  switch (shown) {
    case 'listening':
      if (!microphoneOpen.value) return 'Ready';
      return muted.value ? 'Muted' : 'Listening';
    case 'hearing':
      return phrase.value ? 'Asking' : 'Hearing you';
    case 'interrupted':
      return stopped(turns.value.at(-1));
    default:
      return names[shown];
  }
}

const names: Record<Phase, string> = {
  before: '',
  connecting: 'Connecting',
  listening: 'Listening',
  hearing: 'Hearing you',
  thinking: 'Thinking',
  speaking: 'Speaking',
  interrupted: 'Stopped',
  reconnecting: 'Reconnecting',
  ended: 'Session ended',
  recording: 'Recording',
  watching: 'Watching',
};

function stopped(turn: Turn | undefined): string {
  const { interruptedAt, silenceReached } = turn?.at ?? {};
  const after = (silenceReached ?? 0) - (interruptedAt ?? 0);
  // After a press of Stop it is silent before the server acknowledges.
  return interruptedAt === undefined || after <= 0 ? 'Stopped' : `Stopped in ${ms(after)}`;
}

/** What the session is doing: one word, the levels of both voices, and how long it lasts. */
export function Presence() {
  useTicker(1000, state.value === 'live' || state.value === 'reconnecting');
  return (
    <div class="presence" data-phase={phase.value}>
      <p class="phase" data-testid="phase">
        <span class="lamp" aria-hidden="true" />
        {wordsOf(phase.value)}
      </p>
      <Voices />
      <p class="duration">
        <span class="visually-hidden">Duration </span>
        {clock(now())}
      </p>
    </div>
  );
}

const bars = 48;

/** Levels of the last seconds, the newest in the middle. Nothing is drawn while both sides are silent. */
function Voices() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const audible = userSpeaking.value || modelAudible.value;
  const history = useRef<[user: number, model: number][]>(Array.from({ length: bars / 2 }, () => [0, 0]));
  useEffect(() => {
    const past = history.current;
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    let frame = 0;
    let drawn = 0;
    let silent = 0;
    const draw = (time: number) => {
      // After the last word, draw until the bars are flat.
      if (silent <= past.length) frame = window.requestAnimationFrame(draw);
      // With reduced motion, update four times a second.
      if (time - drawn < (calm ? 250 : 40)) return;
      drawn = time;
      silent = audible ? 0 : silent + 1;
      past.unshift(audible ? [userSpeaking.peek() ? levels.user() : 0, levels.model()] : [0, 0]);
      past.pop();
      if (canvas.current) paint(canvas.current, past);
    };
    frame = window.requestAnimationFrame(draw);
    return () => window.cancelAnimationFrame(frame);
  }, [audible]);
  return <canvas class="voices" ref={canvas} role="img" aria-label="Levels of both voices" />;
}

function paint(canvas: HTMLCanvasElement, past: [number, number][]): void {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(canvas);
  const colours = ['--user', '--model'].map((name) => style.getPropertyValue(name));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const step = width / bars;
  const wide = Math.max(2, Math.min(4, step * 0.5));
  for (const [index, [user, model]] of past.entries()) {
    const level = Math.max(user, model);
    // The upper two thirds of the scale are what speech uses.
    const tall = Math.max(wide, Math.max(0, (level - 0.35) / 0.65) ** 1.4 * height);
    context.fillStyle = colours[user > model ? 0 : 1] ?? '';
    context.globalAlpha = level > 0 ? 1 - (index / past.length) * 0.7 : 0.25;
    for (const side of [-1, 1]) {
      context.beginPath();
      context.roundRect(width / 2 + side * (index + 0.5) * step - wide / 2, (height - tall) / 2, wide, tall, wide / 2);
      context.fill();
    }
  }
}
