import { watched } from '../session/watched';
import { plural } from '../ui/format';

/** What is watched, whether all of it arrives, and how to stop. */
export function WatchBar() {
  const shown = watched.value;
  if (!shown) return null;
  return (
    <section class={shown.over ? 'watch-bar over' : 'watch-bar'} aria-label="Watched session" data-testid="watch-bar">
      <span class="lamp" aria-hidden="true" />
      <p role="status">
        <b>
          {shown.over ? 'Watched' : 'Watching'} {shown.name}
        </b>
        <span class="hint">
          {shown.over ??
            (shown.isAway
              ? 'The client left. It may come back within half a minute.'
              : `${shown.model}. What was said before you opened it is not shown. The server records that you watch.`)}
        </span>
        {shown.dropped > 0 && (
          <span class="wrong">{plural(shown.dropped, 'message')} did not arrive: the connection to the server is too slow.</span>
        )}
      </p>
      <div class="row">
        {!shown.over && (
          <button type="button" aria-pressed={shown.silenced} onClick={() => shown.silence(!shown.silenced)}>
            {shown.silenced ? 'Sound on' : 'Sound off'}
          </button>
        )}
        <button type="button" class={shown.over ? undefined : 'primary'} onClick={shown.stop} data-testid="stop-watching">
          {shown.over ? 'Close' : 'Stop watching'}
        </button>
      </div>
    </section>
  );
}
