import { isOpen, say } from '../session/session';
import { server } from '../session/watch';
import { languages } from '../settings/languages';
import type { Profile } from '../settings/profile';
import { change, link, profile, remove, save, savedProfiles } from '../settings/store';
import { problemsOf, toSetup } from '../settings/to-setup';
import { Choice, Switch, Text } from '../ui/fields';
import { FunctionsEditor } from './functions-editor';

type Flag = { [name in keyof Profile]: Profile[name] extends boolean ? name : never }[keyof Profile];

export function SetUp() {
  const value = profile.value;
  const problems = problemsOf(value);
  const flag = (name: Flag, label: string, hint?: string) => (
    <Switch label={label} hint={hint} checked={value[name]} onChange={(checked) => change({ [name]: checked })} />
  );
  return (
    <div class="setup">
      <h2>Set up the next session</h2>
      {isOpen() && <p class="hint">The open session keeps its settings; hang up and start again to apply changes.</p>}
      {problems.length > 0 && (
        <ul class="problems" role="alert">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <div class="groups">
        <Profiles />
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
            placeholder="800"
            onInput={(silenceMs) => change({ silenceMs })}
          />
          <Text
            label="Prefix padding, in ms"
            numeric
            value={value.prefixPaddingMs}
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
      <FunctionsEditor />
      <div>
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
    </div>
  );
}

const sensitivities = [
  ['', 'the model’s default'],
  ['HIGH', 'high'],
  ['LOW', 'low'],
] as const;

function Profiles() {
  const share = async () => {
    const address = link(profile.value);
    try {
      await navigator.clipboard.writeText(address);
      say('hint', 'Link copied to the clipboard.', 'It contains the profile and no secrets.');
    } catch {
      say('hint', address, 'Copy this link; it contains the profile and no secrets.');
    }
  };
  const names = savedProfiles.value.map(({ name }) => name);
  return (
    <fieldset class="panel">
      <legend>Profile</legend>
      <Text label="Name" value={profile.value.name} onInput={(name) => change({ name })} />
      <div class="row">
        <button type="button" onClick={save} disabled={!profile.value.name.trim()}>
          Save
        </button>
        <button type="button" onClick={() => void share()}>
          Share as link
        </button>
        {names.includes(profile.value.name) && (
          <button type="button" onClick={() => remove(profile.value.name)}>
            Delete
          </button>
        )}
      </div>
      {names.length > 0 && (
        <Choice
          label="Saved in this browser"
          value={names.includes(profile.value.name) ? profile.value.name : ''}
          options={[['', 'choose'], ...names.map((name) => [name, name] as const)]}
          onChange={(name) => {
            const found = savedProfiles.value.find((one) => one.name === name);
            if (found) change(found);
          }}
        />
      )}
    </fieldset>
  );
}
