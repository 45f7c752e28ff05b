import type { Entry } from '../session/log';
import { csharpProgram } from './program-csharp';
import { javascriptProgram } from './program-javascript';
import { genaiProgram, websocketsProgram } from './program-python';
import { scenario } from './scenario';
import { recipeOf } from './steps';

export const forms = {
  javascript: { label: 'JavaScript', about: '@google/genai', file: 'session.mjs' },
  genai: { label: 'Python', about: 'google-genai', file: 'session.py' },
  websockets: { label: 'Python', about: 'websockets', file: 'session_websockets.py' },
  csharp: { label: 'C#', about: 'Parley.Client', file: 'session.cs' },
  scenario: { label: 'Test scenario', about: 'Parley.Testing', file: 'session.yaml' },
} as const;

export type Form = keyof typeof forms;

/** A session as a program that sends its setup and inputs, or as a scenario that plays its server. */
export function codeOf(entries: Entry[], form: Form, server: string): string {
  switch (form) {
    case 'javascript':
      return javascriptProgram(recipeOf(entries), server);
    case 'genai':
      return genaiProgram(recipeOf(entries), server);
    case 'websockets':
      return websocketsProgram(recipeOf(entries), server);
    case 'csharp':
      return csharpProgram(recipeOf(entries), server);
    case 'scenario':
      return scenario(entries);
  }
}
