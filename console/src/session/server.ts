/** The server's description of itself for this page. */
export interface About {
  version: string;
  models: string[];
  voices: { name: string; character: string }[];
  /** Whether the server requires a key first. */
  login: boolean;
  /** Whether the admin API is available at this address. */
  admin: boolean;
  /** Which engines answer, in one line, and what to do for better ones; absent if the server does not say. */
  engines?: string | null;
  /** What may be shared by a link; null if nothing may. */
  sharing?: { maxBytes: number; days: number } | null;
}

/** The engines that answer, without the advice about better ones; empty if the server does not say. */
export const enginesOf = (server: About | undefined): string => server?.engines?.split('. ')[0] ?? '';

/** The commands that the server advises for better engines. */
export function commandsOf(server: About | undefined): string[] {
  const advice = /\bBetter: (.+)$/.exec(server?.engines ?? '')?.[1];
  return advice ? advice.split(', and ').map((command) => command.trim()) : [];
}

export class ServerGone extends Error {}
export class LoginNeeded extends Error {}

async function call(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    throw new ServerGone('The server does not answer. Is it running?');
  }
  if (response.status === 401 || response.status === 403) throw new LoginNeeded(await messageOf(response));
  if (!response.ok) throw new Error(await messageOf(response));
  return response;
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { error: { message: string } }).error.message;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

export const about = async (): Promise<About> => (await call('./console/about')).json();

/** Requests a token for one session. It is the only credential that this page holds. */
export const newToken = async (): Promise<string> =>
  ((await (await call('./console/token', { method: 'POST' })).json()) as { name: string }).name;

/** Sends a key to the server, which sets a cookie that scripts cannot read. */
export const login = async (key: string): Promise<void> => {
  await call('./console/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) });
};

export function socketUrl(token: string): string {
  const url = new URL('./ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContentConstrained', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = `?access_token=${encodeURIComponent(token)}`;
  return url.href;
}
