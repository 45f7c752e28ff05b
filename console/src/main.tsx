import { render } from 'preact';
import { current } from './session/current';
import { levels } from './session/session';
import { watch } from './session/watch';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/talk.css';
import './styles/dock.css';
import './styles/conversation.css';
import './styles/settings.css';
import { readRoute } from './ui/route';
import { App } from './views/app';
import { offerLink } from './views/link-offer';

const readAddress = () => {
  void offerLink(location.hash);
  readRoute(location.hash);
  // Its code is loaded only for such an address.
  if (location.hash.startsWith('#/shared/')) void import('./session/shared').then(({ openShared }) => openShared(location.hash));
};
window.addEventListener('hashchange', readAddress);
void watch();
// For scripts and tests: audio levels, every message so far, and the turns.
Object.assign(window, {
  parley: {
    levels: () => ({ user: levels.user(), model: levels.model() }),
    entries: () => current.feed.log.entries,
    turns: () => current.feed.reader.turns,
  },
});
const root = document.getElementById('app') as HTMLElement;
root.textContent = '';
render(<App />, root);
readAddress();
