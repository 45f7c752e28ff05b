const paths = {
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  mute: 'M4 4l16 16M9 9v2a3 3 0 0 0 4.6 2.5M15 11V6a3 3 0 0 0-5.7-1.3M5.5 11a6.5 6.5 0 0 0 10 5.5M18.3 12.6a6.5 6.5 0 0 0 .2-1.6M12 17.5V21',
  camera: 'M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 7ZM15 11l6-3v8l-6-3',
  screen: 'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 20h6M12 16v4',
  stop: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5h5v5h-5Z',
  end: 'M3 14.5c0-1.6 4-4.5 9-4.5s9 2.9 9 4.5v1a1 1 0 0 1-1.2 1l-3.3-.7a1 1 0 0 1-.8-1V13a13 13 0 0 0-7.4 0v1.8a1 1 0 0 1-.8 1l-3.3.7A1 1 0 0 1 3 15.5Z',
  play: 'M8 5.5v13l10.5-6.5Z',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  copy: 'M9 9h10.5v10.5H9ZM15 9V4.5H4.5V15H9',
  send: 'M12 19.5v-15M5.5 11 12 4.5 18.5 11',
  down: 'M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5',
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M6 9.5l6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  open: 'M3.5 7V5.5h6l2 2h9V19h-17Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
