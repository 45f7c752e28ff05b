import { useState } from 'preact/hooks';
import {
  cameraKind,
  charts,
  closeMicrophone,
  hangUp,
  interrupt,
  isOpen,
  lastFrame,
  microphoneOpen,
  muted,
  openMicrophone,
  pressToTalk,
  releaseToTalk,
  sendText,
  speaking,
  start,
  state,
  toggleCamera,
  toggleMute,
  turns,
} from '../session/session';
import { server } from '../session/watch';
import { profile } from '../settings/store';
import { Icon } from '../ui/icon';
import { view } from './app';
import { Captions } from './captions';
import { ChartView } from './chart';
import { Devices } from './devices';
import { SessionPanel } from './session-panel';
import { shortcuts } from './shortcuts';
import { Waterfall } from './waterfall';
import { Waveform } from './waveform';

export function Talk() {
  const open = isOpen();
  const newest = turns.value.at(-1);
  return (
    <div class="talk">
      <section class="conversation" aria-label="Conversation">
        {state.value === 'idle' ? <Welcome /> : <Captions />}
        <div class="media">
          {charts.value.map((chart, index) => (
            <ChartView key={index} chart={chart} />
          ))}
          {lastFrame.value && (
            <figure>
              <img src={lastFrame.value} alt="What the model sees" data-testid="last-frame" />
              <figcaption>Last picture sent; one per second</figcaption>
            </figure>
          )}
        </div>
        <Waveform />
        <div class="controls" role="toolbar" aria-label="Call">
          {open ? (
            <button type="button" class="danger" onClick={hangUp} data-testid="hang-up">
              <Icon name="stop" /> Hang up
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => void start(true)} data-testid="start">
              <Icon name="call" /> {state.value === 'idle' ? 'Start talking' : 'Start again'}
            </button>
          )}
          {open && profile.value.activity === 'manual' && microphoneOpen.value && <PushToTalk />}
          {open && (
            <>
              <button
                type="button"
                aria-pressed={microphoneOpen.value}
                onClick={() => (microphoneOpen.value ? closeMicrophone() : void openMicrophone())}
              >
                <Icon name="microphone" /> Microphone
              </button>
              <button type="button" aria-pressed={muted.value} disabled={!microphoneOpen.value} onClick={toggleMute}>
                <Icon name="mute" /> Mute
              </button>
              <button type="button" onClick={interrupt} data-testid="interrupt">
                <Icon name="stop" /> Interrupt
              </button>
              <button
                type="button"
                aria-pressed={cameraKind.value === 'camera'}
                onClick={() => void toggleCamera('camera')}
                data-testid="camera"
              >
                <Icon name="camera" /> Camera
              </button>
              <button type="button" aria-pressed={cameraKind.value === 'screen'} onClick={() => void toggleCamera('screen')}>
                <Icon name="screen" /> Screen
              </button>
            </>
          )}
        </div>
        <Message />
        <Devices />
      </section>
      <aside aria-label="Session details">
        <SessionPanel />
        {newest && (
          <section class="panel">
            <h2>Last turn</h2>
            <Waterfall turn={newest} />
          </section>
        )}
      </aside>
    </div>
  );
}

function Welcome() {
  const { model, voice, activity } = profile.value;
  return (
    <div class="welcome">
      <h2>Talk to the model</h2>
      <p>
        Press <b>Start talking</b>, allow the microphone, and speak. You can interrupt the answer, show pictures and let the model call
        functions. Session details are next to the conversation; <b>Inspect</b> shows every message.
      </p>
      <p>Try: “What is seven times six?” · “Roll two dice.” · “Make the page green.” · “Count to twenty.” · “What do you see?”</p>
      {server.value?.engines && <p data-testid="answers">Answers: {server.value.engines}</p>}
      <p class="hint">
        {model ? `as ${model.replace('models/', '')}` : 'No model chosen'} · voice {voice || 'default'} ·{' '}
        {activity === 'manual' ? 'push-to-talk' : 'hands-free'} ·{' '}
        <button
          type="button"
          class="link"
          onClick={() => {
            view.value = 'setup';
          }}
        >
          change
        </button>
        {server.value && ` · Parley ${server.value.version}`}
      </p>
      <dl class="keys">
        {shortcuts.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function PushToTalk() {
  return (
    <button
      type="button"
      class="talk-key"
      aria-pressed={speaking.value}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pressToTalk();
      }}
      onPointerUp={releaseToTalk}
      onPointerCancel={releaseToTalk}
      onKeyDown={(event) => {
        if (event.key === ' ' || event.key === 'Enter') pressToTalk();
      }}
      onKeyUp={releaseToTalk}
      data-testid="push-to-talk"
    >
      <Icon name="microphone" /> {speaking.value ? 'Listening' : 'Hold to talk'}
    </button>
  );
}

function Message() {
  const [text, setText] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    setText('');
    if (!isOpen()) await start(false);
    sendText(words);
  };
  return (
    <form class="message" onSubmit={(event) => void submit(event)}>
      <label class="visually-hidden" for="message">
        Message
      </label>
      <input
        id="message"
        value={text}
        placeholder="Or type a message"
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" disabled={!text.trim()}>
        <Icon name="send" /> Send
      </button>
    </form>
  );
}
