/** A function that the user wrote in the page. */
export interface TypedFunction {
  /** The declaration as JSON text. */
  declaration: string;
  /** The body of an async JavaScript function with `args` and `page`. */
  code: string;
}

/** The settings of a session: plain data without secrets, stored in the browser and shareable as a link. */
export interface Profile {
  name: string;
  model: string;
  voice: string;
  language: string;
  modality: 'AUDIO' | 'TEXT';
  instruction: string;
  activity: 'automatic' | 'manual';
  startSensitivity: '' | 'HIGH' | 'LOW';
  endSensitivity: '' | 'HIGH' | 'LOW';
  prefixPaddingMs: string;
  silenceMs: string;
  interruptions: boolean;
  inputTranscription: boolean;
  outputTranscription: boolean;
  resumption: boolean;
  compression: boolean;
  triggerTokens: string;
  thinking: '' | 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';
  includeThoughts: boolean;
  mediaResolution: '' | 'LOW' | 'MEDIUM' | 'HIGH';
  proactive: boolean;
  activityEvents: boolean;
  /** Names of the enabled built-in functions. */
  ready: string[];
  typed: TypedFunction[];
  /** More fields of the setup, as JSON text; they override the others. */
  extra: string;
  echoCancellation: boolean;
}

export const standard: Profile = {
  name: 'Standard',
  model: '',
  voice: '',
  language: '',
  modality: 'AUDIO',
  instruction: 'You are a helpful assistant. Answer briefly.',
  activity: 'automatic',
  startSensitivity: '',
  endSensitivity: '',
  prefixPaddingMs: '',
  silenceMs: '',
  interruptions: true,
  inputTranscription: true,
  outputTranscription: true,
  resumption: true,
  compression: true,
  triggerTokens: '',
  thinking: '',
  includeThoughts: false,
  mediaResolution: '',
  proactive: false,
  activityEvents: true,
  ready: ['get_time', 'roll_dice', 'set_page_colour', 'draw_chart'],
  typed: [],
  extra: '',
  echoCancellation: true,
};

/** Makes any value a profile: missing fields and fields of a wrong type get their standard value, unknown fields are dropped. */
export function complete(value: unknown): Profile {
  const given = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  const profile: Record<string, unknown> = {};
  for (const [name, otherwise] of Object.entries(standard)) {
    const member = given[name];
    const fits = typeof member === typeof otherwise && Array.isArray(member) === Array.isArray(otherwise);
    profile[name] = fits ? member : otherwise;
  }
  const made = profile as unknown as Profile;
  made.ready = made.ready.filter((one) => typeof one === 'string');
  made.typed = made.typed.filter((one) => typeof one?.declaration === 'string' && typeof one.code === 'string');
  return made;
}
