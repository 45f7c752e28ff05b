import { enginesOf } from '../session/server';
import { pageColour, state } from '../session/state';
import { needsLogin, reachable, server } from '../session/watch';
import { isDark } from '../ui/colour';
import { Dialog } from '../ui/dialog';
import { lazily } from '../ui/lazy';
import { addressOf, type View, view, views } from '../ui/route';
import { BetterModel } from './engines';
import { Login } from './login';
import { NoticeView } from './notice';
import { SettingsView } from './settings';
import { useShortcuts } from './shortcuts';
import { Talk } from './talk';

const Admin = lazily(async () => (await import('./admin')).Admin);
const Inspect = lazily(async () => (await import('./inspect')).Inspect);
// Before it is needed: the server may be gone when a session is inspected.
window.setTimeout(() => Inspect.preload(), 2_000);

const words = {
  idle: 'not connected',
  connecting: 'connecting',
  live: 'connected',
  reconnecting: 'reconnecting',
  ended: 'ended',
  replay: 'recording',
  watching: 'watching',
} as const;

/** The views that this server offers. */
export const shownViews = (): View[] => (Object.keys(views) as View[]).filter((one) => one !== 'admin' || server.value?.admin);

export function App() {
  useShortcuts();
  const colour = view.value === 'talk' ? pageColour.value : undefined;
  return (
    <div
      class={colour ? `shell coloured ${isDark(colour) ? 'on-dark' : 'on-light'}` : 'shell'}
      style={colour ? { '--page': colour } : undefined}
      data-view={view.value}
    >
      {/* biome-ignore lint/a11y/useValidAnchor: a skip link; the fragment of the address names the view */}
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to content
      </a>
      <header class="top">
        <h1>
          <a href={addressOf('talk')}>Parley</a>
        </h1>
        <nav aria-label="Views">
          {shownViews().map((one) => (
            <a key={one} href={addressOf(one)} aria-current={view.value === one ? 'page' : undefined}>
              {views[one]}
            </a>
          ))}
        </nav>
        {enginesOf(server.value) && (
          <p class="engines" title={server.value?.engines ?? ''} data-testid="engines">
            {enginesOf(server.value)}
          </p>
        )}
        <p class={`state ${state.value}`} role="status" data-testid="state">
          <span class="dot" aria-hidden="true" />
          <span>{words[state.value]}</span>
        </p>
      </header>
      <main id="main" tabIndex={-1} key={view.value}>
        {needsLogin.value && view.value !== 'admin' ? <Login /> : <Current />}
      </main>
      <div class="notices">
        {!reachable.value && (
          <div class="notice error" role="alert" data-testid="server-gone">
            <div>
              <p class="text">The server does not answer.</p>
              <p>Start it with parley serve, or with ./run in a checkout. This page then reconnects automatically.</p>
            </div>
          </div>
        )}
        <NoticeView />
      </div>
      <BetterModel />
      <Dialog />
    </div>
  );
}

function Current() {
  switch (view.value) {
    case 'talk':
      return <Talk />;
    case 'settings':
      return <SettingsView />;
    case 'inspect':
      return <Inspect />;
    case 'admin':
      return <Admin />;
  }
}
