import { effect, signal } from '@preact/signals';
import { Choice } from '../ui/fields';

const key = 'parley.theme';
type Theme = '' | 'light' | 'dark';

const stored = (): Theme => {
  try {
    return (localStorage.getItem(key) ?? '') as Theme;
  } catch {
    return '';
  }
};

const theme = signal<Theme>(stored());

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
});

export function ThemeChoice() {
  return (
    <Choice
      label="Theme"
      value={theme.value}
      options={[
        ['', 'as the system'],
        ['light', 'light'],
        ['dark', 'dark'],
      ]}
      onChange={(value) => {
        theme.value = value as Theme;
      }}
    />
  );
}
