import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export type Lazy<P> = ComponentType<P> & {
  /** Loads the code before it is needed. */
  preload(): void;
};

/** A component whose code is loaded when it is shown first. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): Lazy<P> {
  let loaded: ComponentType<P> | undefined;
  const loading = async () => {
    loaded ??= await load();
  };
  function Later(props: P) {
    const [failed, setFailed] = useState(false);
    const [, draw] = useState(0);
    useEffect(() => {
      if (loaded) return;
      let shown = true;
      loading().then(
        () => {
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
        {failed ? 'This part of the page could not be loaded. Start the server, then open it again.' : 'Loading…'}
      </p>
    );
  }
  // A failure is reported when the component is shown.
  return Object.assign(Later, { preload: () => void loading().catch(() => undefined) });
}
