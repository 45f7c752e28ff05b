import { say } from '../session/notices';
import { link } from '../settings/link';
import { change, profile, remove, save, savedProfiles } from '../settings/store';
import { Choice, Text } from '../ui/fields';

/** Saved settings, and a link that shares the current ones. */
export function Profiles() {
  const share = async () => {
    const address = link(profile.value, location.href);
    try {
      await navigator.clipboard.writeText(address);
      say('settings', 'hint', 'Link copied to the clipboard.', 'It contains these settings and no secrets.');
    } catch {
      say('settings', 'hint', address, 'Copy this link; it contains these settings and no secrets.');
    }
  };
  const names = savedProfiles.value.map(({ name }) => name);
  return (
    <fieldset class="panel">
      <legend>Saved settings</legend>
      <Text label="Name" value={profile.value.name} onInput={(name) => change({ name })} />
      <div class="row">
        <button type="button" onClick={() => save()} disabled={!profile.value.name.trim()}>
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
