import { computed } from '@preact/signals';
import { current } from '../session/current';
import { compared, opened } from '../session/files';
import { revision, state, turns } from '../session/state';
import { lazily } from '../ui/lazy';
import { turnId } from '../ui/route';
import '../styles/inspect.css';
import '../styles/timeline.css';
import '../styles/latency.css';
import '../styles/messages.css';
import '../styles/sources.css';
import { CodeDialog } from './code-dialog';
import { Files, Nothing, useDrop } from './inspect-files';
import { InspectSources, ShareButton } from './inspect-sources';
import { Latency } from './latency';
import { MessageList } from './message-list';
import { SessionPanel } from './session-panel';
import { Timeline } from './timeline';
import { TurnList } from './turn-list';

const Compare = lazily(async () => (await import('./compare')).Compare);

// The page itself is drawn again only if these change, not with each message.
const isEmpty = computed(() => revision.value >= 0 && current.feed.log.entries.length === 0);
const chosen = computed(() => turns.value.find(({ id }) => id === turnId.value));

export function Inspect() {
  useDrop();
  const empty = isEmpty.value;
  const turn = chosen.value;
  return (
    <div class="page inspect">
      <div class="title">
        <h2>Inspect</h2>
        <Source />
        <div class="row">
          <Files empty={empty} />
          <ShareButton empty={empty} />
        </div>
      </div>
      <InspectSources empty={empty} />
      {empty ? (
        <Nothing />
      ) : (
        <>
          <Timeline turn={turn} />
          {compared.value && <Compare turn={turn} other={compared.value} />}
          <div class="columns">
            <div>
              <TurnList chosen={turn} />
              <Latency />
              <SessionPanel />
            </div>
            <MessageList turn={turn} />
          </div>
        </>
      )}
      <CodeDialog />
    </div>
  );
}

/** Where the shown session comes from. */
function Source() {
  const { sessions, shown } = opened.value;
  const name = state.value === 'replay' ? (sessions[shown]?.name ?? 'Previous session') : '';
  return name ? (
    <p class="source" data-testid="source">
      {name}
    </p>
  ) : null;
}
