import { startNew } from '../session/files';
import { isOpen } from '../session/state';
import { server } from '../session/watch';
import { languages } from '../settings/languages';
import type { Profile } from '../settings/profile';
import { change, profile } from '../settings/store';
import { numberProblem, problemsOf, toSetup } from '../settings/to-setup';
import { Choice, Switch, Text } from '../ui/fields';
import { Icon } from '../ui/icon';
import { go } from '../ui/route';
import { Devices } from './devices';
import { FunctionsEditor } from './functions-editor';
import { Profiles } from './profiles';
import { shortcutsOn } from './shortcuts';
import { ThemeChoice } from './theme';

type Flag = { [name in keyof Profile]: Profile[name] extends boolean ? name : never }[keyof Profile];

/** The settings of the next session, and those of this page. */
export function SettingsView() {
  const value = profile.value;
  const problems = problemsOf(value);
  const flag = (name: Flag, label: string, hint?: string) => (
    <Switch label={label} hint={hint} checked={value[name]} onChange={(checked) => change({ [name]: checked })} />
  );
  return (
    <div class="page setup">
      <div class="title">
        <h2>Settings</h2>
        <StartButton />
      </div>
      {isOpen() && <p class="hint">The running session keeps its settings. End it and start again to apply changes.</p>}
      {problems.length > 0 && (
        <div class="problems" role="alert">
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      <div class="groups">
        <div>
          <fieldset class="panel">
            <legend>Model and voice</legend>
            <Text label="Model" value={value.model} list={server.value?.models ?? []} onInput={(model) => change({ model })} />
            <Choice
              label="Voice"
              value={value.voice}
              options={[
                ['', 'The model’s default'],
                ...(server.value?.voices ?? []).map(({ name, character }) => [name, `${name}, ${character}`] as const),
              ]}
              onChange={(voice) => change({ voice })}
            />
            <Choice
              label="Language of the voice"
              value={value.language}
              options={[['', 'Detected from speech'], ...languages.map((one) => [one, one] as const)]}
              onChange={(language) => change({ language })}
            />
            <Choice
              label="Answers in"
              value={value.modality}
              options={[
                ['AUDIO', 'speech'],
                ['TEXT', 'text, if the model supports it'],
              ]}
              onChange={(modality) => change({ modality: modality as Profile['modality'] })}
            />
            <Text label="System instruction" rows={4} value={value.instruction} onInput={(instruction) => change({ instruction })} />
          </fieldset>
          <Profiles />
          <fieldset class="panel">
            <legend>This page</legend>
            <ThemeChoice />
            <Devices />
            <Switch
              label="Keyboard shortcuts"
              hint="Space: hold to talk. I: stop the answer. M: mute. T: type a message. 1 to 4: views."
              checked={shortcutsOn.value}
              onChange={(on) => {
                shortcutsOn.value = on;
              }}
            />
          </fieldset>
        </div>
        <div>
          <fieldset class="panel">
            <legend>Turn taking</legend>
            <Choice
              label="Activity"
              value={value.activity}
              options={[
                ['automatic', 'hands-free: the server detects speech'],
                ['manual', 'push-to-talk: you hold a button or a key'],
              ]}
              onChange={(activity) => change({ activity: activity as Profile['activity'] })}
            />
            <Choice
              label="Start sensitivity"
              value={value.startSensitivity}
              options={sensitivities}
              onChange={(one) => change({ startSensitivity: one as '' })}
            />
            <Choice
              label="End sensitivity"
              value={value.endSensitivity}
              options={sensitivities}
              onChange={(one) => change({ endSensitivity: one as '' })}
            />
            <Text
              label="Silence that ends a turn, in ms"
              numeric
              value={value.silenceMs}
              error={numberProblem(value.silenceMs)}
              placeholder="800"
              onInput={(silenceMs) => change({ silenceMs })}
            />
            <Text
              label="Prefix padding, in ms"
              numeric
              value={value.prefixPaddingMs}
              error={numberProblem(value.prefixPaddingMs)}
              placeholder="100"
              onInput={(prefixPaddingMs) => change({ prefixPaddingMs })}
            />
            {flag('interruptions', 'Speech interrupts the answer')}
            {flag('proactive', 'Proactive audio', 'The model may stay silent when it is not addressed.')}
            {flag(
              'activityEvents',
              'Report activity',
              'Shows the endpointing of the server in the timeline. Some servers do not support it.',
            )}
            {flag('echoCancellation', 'Echo cancellation in the browser', 'Turn it off for music, or with a headset.')}
          </fieldset>
          <fieldset class="panel">
            <legend>Session</legend>
            {flag('inputTranscription', 'Transcribe what you say')}
            {flag('outputTranscription', 'Transcribe what the model says')}
            {flag('resumption', 'Resumption', 'The session survives lost connections and the ten-minute limit of a connection.')}
            {flag('compression', 'Context compression', 'The session may outlast its context window.')}
            <Text
              label="Compress above this number of tokens"
              numeric
              value={value.triggerTokens}
              error={numberProblem(value.triggerTokens)}
              placeholder="the model’s default"
              onInput={(triggerTokens) => change({ triggerTokens })}
            />
            <Choice
              label="Thinking"
              value={value.thinking}
              options={[
                ['', 'the model’s default'],
                ['MINIMAL', 'minimal'],
                ['LOW', 'low'],
                ['MEDIUM', 'medium'],
                ['HIGH', 'high'],
              ]}
              onChange={(thinking) => change({ thinking: thinking as '' })}
            />
            {flag('includeThoughts', 'Show thoughts')}
            <Choice
              label="Media resolution"
              value={value.mediaResolution}
              options={[
                ['', 'the model’s default'],
                ['LOW', 'low'],
                ['MEDIUM', 'medium'],
                ['HIGH', 'high'],
              ]}
              onChange={(mediaResolution) => change({ mediaResolution: mediaResolution as '' })}
            />
          </fieldset>
        </div>
      </div>
      <FunctionsEditor />
      <fieldset class="panel wide">
        <legend>The setup message</legend>
        <Text
          label="Extra fields (JSON)"
          code
          rows={3}
          value={value.extra}
          placeholder='{"historyConfig": {"initialHistoryInClientContent": true}}'
          hint="They override the settings above."
          onInput={(extra) => change({ extra })}
        />
        <details>
          <summary>Preview</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
          <pre tabIndex={0}>{JSON.stringify({ setup: toSetup(value) }, null, 2)}</pre>
        </details>
      </fieldset>
    </div>
  );
}

const sensitivities = [
  ['', 'the model’s default'],
  ['HIGH', 'high'],
  ['LOW', 'low'],
] as const;

function StartButton() {
  const run = async () => {
    go('talk');
    if (!isOpen()) await startNew(true);
  };
  return (
    <button type="button" class="primary" onClick={() => void run()}>
      <Icon name="microphone" /> {isOpen() ? 'Back to the session' : 'Start talking'}
    </button>
  );
}
