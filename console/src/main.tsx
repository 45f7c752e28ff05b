import { render } from 'preact';
import { entries, levels } from './session/session';
import { watch } from './session/watch';
import { takeFromLink } from './settings/store';
import './styles/base.css';
import './styles/views.css';
import { App } from './views/app';

if (takeFromLink(location.hash)) history.replaceState(null, '', location.pathname);
void watch();
// For scripts and tests: audio levels, and every message so far.
Object.assign(window, { parley: { levels: () => ({ user: levels.user(), model: levels.model() }), entries: () => entries.peek() } });
const root = document.getElementById('app') as HTMLElement;
root.textContent = '';
render(<App />, root);
