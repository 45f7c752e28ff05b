import type { Chart, PageHost } from './functions';

/** Time limit of a user-written function. */
const limitMs = 10_000;

type Report = { result: unknown } | { error: string } | { colour: string } | { chart: Chart };

// Wraps the code in the worker. It receives `args` and `page`, and returns or throws. A profile may come from a link of another person, so
// access to the network and to storage is removed first.
const wrap = (body: string) => `
for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'WebTransport', 'EventSource', 'BroadcastChannel', 'Worker', 'importScripts', 'indexedDB', 'caches', 'cookieStore', 'navigator'])
  for (let owner = self; owner; owner = Object.getPrototypeOf(owner)) {
    delete owner[name];
    if (name in owner) Object.defineProperty(owner, name, { value: undefined });
  }
const page = {
  colour: (colour) => postMessage({ colour: String(colour) }),
  chart: (chart) => postMessage({ chart }),
};
const run = async (args) => {
${body}
};
onmessage = async ({ data }) => {
  try {
    postMessage({ result: (await run(data)) ?? null });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
`;

/**
 * Runs user-written code in its own worker. It cannot access the page, its session or its storage, it is terminated at the time limit, and an
 * error in it becomes the response to the model.
 */
export function runTyped(body: string, args: Record<string, unknown>, page: PageHost): Promise<unknown> {
  const url = URL.createObjectURL(new Blob([wrap(body)], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return new Promise<unknown>((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error(`The function took longer than ${limitMs / 1000} s.`)), limitMs);
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if ('colour' in data) page.colour(data.colour);
      else if ('chart' in data) page.chart(data.chart);
      else {
        window.clearTimeout(timer);
        if ('error' in data) reject(new Error(data.error));
        else resolve(data.result);
      }
    };
    worker.onerror = (event) => {
      window.clearTimeout(timer);
      reject(new Error(event.message || 'The code has a syntax error.'));
    };
    worker.postMessage(args);
  }).finally(() => {
    worker.terminate();
    URL.revokeObjectURL(url);
  });
}
