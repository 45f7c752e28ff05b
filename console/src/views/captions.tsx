import { current } from '../session/current';
import { beat } from '../session/state';
import { heard } from '../timeline/state';

/** The words at the position of the player. Those that are heard are marked. */
export function Captions() {
  const now = heard.value;
  beat.value;
  if (!now)
    return (
      <p class="captions hint">
        {current.feed.audio.end > 0
          ? window.matchMedia('(pointer: coarse)').matches
            ? 'Tap the timeline to play from there. Drag to move, two fingers zoom.'
            : 'Click in the timeline to play from there. Drag to move, Ctrl and the wheel to zoom.'
          : 'This session contains no audio.'}
      </p>
    );
  const { turn, asking, from, to } = now;
  return (
    <div class="captions" data-testid="heard">
      <p class={asking ? 'user now' : 'user'}>{turn.user || turn.interim || 'No words'}</p>
      <p class="model">
        {turn.model.slice(0, from)}
        {to > from && <mark>{turn.model.slice(from, to)}</mark>}
        <span class="unspoken">{turn.model.slice(to)}</span>
      </p>
    </div>
  );
}
