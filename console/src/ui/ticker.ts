import { useEffect, useState } from 'preact/hooks';

/** Redraws the component at an interval, for durations that count up. */
export function useTicker(every: number, running: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(() => tick((count) => count + 1), every);
    return () => window.clearInterval(timer);
  }, [every, running]);
}
