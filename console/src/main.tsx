import { render } from 'preact';
import { watch } from './session/watch';
import { takeFromLink } from './settings/store';
import './styles/base.css';
import './styles/views.css';
import { App } from './views/app';

if (takeFromLink(location.hash)) history.replaceState(null, '', location.pathname);
void watch();
const root = document.getElementById('app') as HTMLElement;
root.textContent = '';
render(<App />, root);
