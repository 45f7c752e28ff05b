import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component whose code is loaded when it is shown first. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [failed, setFailed] = useState(false);
    const [, draw] = useState(0);
    useEffect(() => {
      if (loaded) return;
      let shown = true;
      load().then(
        (component) => {
          loaded = component;
          if (shown) draw((count) => count + 1);
        },
        () => {
          if (shown) setFailed(true);
        },
      );
      return () => {
        shown = false;
      };
    }, []);
    const Loaded = loaded;
    if (Loaded) return <Loaded {...props} />;
    return (
      <p class={failed ? 'problems' : 'hint'}>
        {failed ? 'This part of the page could not be loaded. Is the server running?' : 'Loading…'}
      </p>
    );
  };
}
