import { phrases } from '../audio/phrase';
import { startNew } from '../session/files';
import { speak } from '../session/input';
import { start } from '../session/session';
import { cameraKind, isOpen, lastFrame, microphoneOpen, phrase, state, turns } from '../session/state';
import { server } from '../session/watch';
import { Icon } from '../ui/icon';
import { Controls } from './controls';
import { Conversation } from './conversation';
import { Engines } from './engines';
import { MessageField } from './message-field';
import { Presence, phase } from './presence';

/** The conversation, and below it the controls, which keep their places in all states. */
export function Talk() {
  const open = isOpen();
  const before = state.value === 'idle';
  return (
    <div class="talk" data-phase={phase.value} data-testid="talk">
      <section class="stage" aria-label="Conversation">
        {before ? <Welcome /> : turns.value.length > 0 ? <Conversation /> : <Empty />}
        {lastFrame.value && (
          <figure class="preview">
            <img src={lastFrame.value} alt={`What the model sees: the ${cameraKind.value ?? 'camera'}`} data-testid="last-frame" />
            <figcaption>Sent once per second</figcaption>
          </figure>
        )}
      </section>
      <section class="dock" aria-label="Controls">
        {!before && <Presence />}
        {open && <Chips />}
        {!before && <Controls />}
        <MessageField />
      </section>
    </div>
  );
}

function Welcome() {
  return (
    <div class="welcome">
      <h2>Talk with Parley</h2>
      <p class="lead">A voice conversation in your browser. Speak freely, and interrupt whenever you like.</p>
      <button type="button" class="orb start" onClick={() => void startNew(true)} data-testid="start">
        <Icon name="microphone" />
        <span>Start talking</span>
      </button>
      <p class="or" id="phrases">
        No microphone? Let the page ask:
      </p>
      <Chips labelled="phrases" />
      <Engines />
      <p class="version">{server.value && `Parley ${server.value.version}`}</p>
    </div>
  );
}

const invitations: Partial<Record<string, string>> = {
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  listening: 'Say something',
  hearing: 'Go ahead',
  ended: 'Nothing was said',
  recording: 'This recording contains no conversation',
  watching: 'Nothing was said since you opened this session',
};

/** A session in which nothing was said yet. */
function Empty() {
  return (
    <div class="empty">
      <div class="orb still" aria-hidden="true">
        <Icon name="microphone" />
      </div>
      <p>
        {phase.value === 'listening' && !microphoneOpen.value ? 'Choose a phrase, or type a message' : (invitations[phase.value] ?? '')}
      </p>
    </div>
  );
}

/** Sentences that the page speaks into the session, so that it works without a microphone. */
function Chips({ labelled }: { labelled?: string }) {
  return (
    <ul class="chips" aria-label={labelled ? undefined : 'Phrases to say'} aria-labelledby={labelled}>
      {phrases.map((one) => (
        <li key={one.text}>
          <button
            type="button"
            class="chip"
            aria-pressed={phrase.value === one.text}
            onClick={async () => {
              if (isOpen() || (await start(false))) await speak(one);
            }}
            data-testid="phrase"
          >
            <Icon name="play" /> {one.text}
          </button>
        </li>
      ))}
    </ul>
  );
}
