import { signal } from '@preact/signals';
import { enginesOf } from '../session/server';
import { notice, pageColour, state } from '../session/session';
import { needsLogin, reachable, server } from '../session/watch';
import { Admin } from './admin';
import { Inspect } from './inspect';
import { Login } from './login';
import { SetUp } from './set-up';
import { useShortcuts } from './shortcuts';
import { Talk } from './talk';

const views = { talk: 'Talk', setup: 'Set up', inspect: 'Inspect', admin: 'Admin' } as const;
export type View = keyof typeof views;

export const view = signal<View>('talk');

const words = {
  idle: 'not connected',
  connecting: 'connecting',
  live: 'connected',
  reconnecting: 'reconnecting',
  ended: 'ended',
  replay: 'recording',
} as const;

export function App() {
  useShortcuts();
  const shown = (Object.keys(views) as View[]).filter((one) => one !== 'admin' || server.value?.admin);
  return (
    <div class="shell" style={pageColour.value ? { '--page': pageColour.value } : undefined}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header>
        <h1>Parley</h1>
        <nav aria-label="Views">
          {shown.map((one) => (
            <button
              type="button"
              key={one}
              aria-current={view.value === one ? 'page' : undefined}
              onClick={() => {
                view.value = one;
              }}
            >
              {views[one]}
            </button>
          ))}
        </nav>
        {enginesOf(server.value) && (
          <p class="engines" title={server.value?.engines ?? ''} data-testid="engines">
            {enginesOf(server.value)}
          </p>
        )}
        <p class={`state ${state.value}`} role="status" data-testid="state">
          <span class="dot" aria-hidden="true" />
          {words[state.value]}
        </p>
      </header>
      {!reachable.value && (
        <div class="banner error" role="alert" data-testid="server-gone">
          <p>The server does not answer.</p>
          <p>Start it with parley serve, or with ./run in a checkout. This page then reconnects by itself.</p>
        </div>
      )}
      {notice.value && (
        <div class={`banner ${notice.value.kind}`} role="alert" data-testid="notice">
          <p>{notice.value.text}</p>
          {notice.value.cure && <p>{notice.value.cure}</p>}
          <button
            type="button"
            onClick={() => {
              notice.value = undefined;
            }}
          >
            Close
          </button>
        </div>
      )}
      <main id="main" tabIndex={-1}>
        {needsLogin.value && view.value !== 'admin' ? <Login /> : <Current />}
      </main>
    </div>
  );
}

function Current() {
  switch (view.value) {
    case 'talk':
      return <Talk />;
    case 'setup':
      return <SetUp />;
    case 'inspect':
      return <Inspect />;
    case 'admin':
      return <Admin />;
  }
}
