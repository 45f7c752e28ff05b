import { signal } from '@preact/signals';
import { state } from '../session/state';
import { server } from '../session/watch';
import { watched } from '../session/watched';
import { lazily } from '../ui/lazy';

const SharePanel = lazily(async () => (await import('./share-panel')).SharePanel);
const WatchBar = lazily(async () => (await import('./watch-bar')).WatchBar);

const sharing = signal(false);

/** Opens and closes the panel that shares the session; absent if the server does not keep shared sessions. */
export function ShareButton({ empty }: { empty: boolean }) {
  if (empty || !server.value?.sharing || state.value === 'watching') return null;
  return (
    <button
      type="button"
      aria-expanded={sharing.value}
      onClick={() => {
        sharing.value = !sharing.value;
      }}
      data-testid="share"
    >
      Share
    </button>
  );
}

/** What Inspect shows above a session: what is watched, and the links to it. */
export function InspectSources({ empty }: { empty: boolean }) {
  return (
    <>
      {watched.value && <WatchBar />}
      {sharing.value && !empty && server.value?.sharing && (
        <SharePanel
          close={() => {
            sharing.value = false;
          }}
        />
      )}
    </>
  );
}
