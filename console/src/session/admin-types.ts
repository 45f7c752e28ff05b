/** What the admin API returns (docs/keys.md#admin-api). */
export interface AdminSnapshot {
  status: AdminStatus;
  keys: AdminKey[];
  sessions: AdminSession[];
  usage: DayUsage[];
  closes: DayCloses[];
  /** Currency of costs; absent if no model has a price. */
  currency?: string;
  nodes: AdminNode[];
  shares: AdminShare[];
  entries: AuditEntry[];
  /** The server cannot read its database: only what it knows itself is listed. */
  partial: boolean;
}

export interface AdminStatus {
  nodeId: string;
  nodeName: string;
  version: string;
  ready: boolean;
  stopping: boolean;
  connections: number;
  sessions: number;
  tokensMinted: number;
  parts: Record<string, string>;
  notReady?: string[];
  /** Whether sessions may be watched. */
  watching: boolean;
}

export interface KeyLimits {
  maxSessions?: number;
  opensPerMinute?: number;
  minutesPerDay?: number;
  tokensPerDay?: number;
  models?: string[];
}

export interface DayUsage {
  day: string;
  keyId: string;
  sessions: number;
  resumes: number;
  minutes: number;
  promptTokens: number;
  responseTokens: number;
  cost?: number;
  unpricedTokens?: number;
}

export interface AdminKey {
  id: string;
  name: string;
  created: string;
  expires?: string;
  revoked?: string;
  valid: boolean;
  limits: KeyLimits;
  openSessions: number;
  today: DayUsage;
}

export interface NewKey {
  secret: string;
  key: AdminKey;
}

export interface AdminSession {
  id: string;
  connectionId: string;
  nodeId: string;
  nodeName?: string;
  keyId: string;
  onToken: boolean;
  model: string;
  resumed: boolean;
  since: string;
  until: string;
  /** This and the following are of sessions of the server that answers. */
  messagesReceived?: number;
  state?: 'speaking' | 'thinking' | 'listening' | 'idle';
  promptTokens?: number;
  responseTokens?: number;
  cost?: number;
  watchers?: number;
}

export interface DayCloses {
  day: string;
  keyId: string;
  code: number;
  cause: string;
  count: number;
}

export interface AdminNode {
  id: string;
  name: string;
  version: string;
  started: string;
  draining: boolean;
  alive: boolean;
  secondsSinceRenewal?: number;
  sessions: number;
  self: boolean;
}

export interface AdminShare {
  id: string;
  keyId: string;
  bytes: number;
  created: string;
  expires: string;
}

export interface AuditEntry {
  time: string;
  node: string;
  action: string;
  subject: string;
  detail: string;
  remote: string;
}
