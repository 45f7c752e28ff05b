import { type Profile, standard } from './profile';

/** Names of the settings as the settings view shows them, if a server can refuse their value. */
const names: Partial<Record<keyof Profile, string>> = {
  voice: 'Voice',
  language: 'Language of the voice',
  modality: 'Answers in',
  startSensitivity: 'Start sensitivity',
  endSensitivity: 'End sensitivity',
  prefixPaddingMs: 'Prefix padding',
  silenceMs: 'Silence that ends a turn',
  compression: 'Context compression',
  triggerTokens: 'Compress above this number of tokens',
  thinking: 'Thinking',
  includeThoughts: 'Show thoughts',
  mediaResolution: 'Media resolution',
  proactive: 'Proactive audio',
  extra: 'Extra fields',
  typed: 'Functions',
};

/** The settings that differ from the defaults: the likely cause if a server refuses a session. */
export const changedSettings = (profile: Profile): string[] =>
  (Object.entries(names) as [keyof Profile, string][])
    .filter(([field]) => JSON.stringify(profile[field]) !== JSON.stringify(standard[field]))
    .map(([, name]) => name);
