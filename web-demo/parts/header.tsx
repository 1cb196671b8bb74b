/** The bar on top: what this is, that data stays here, the theme. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Screen, writeSettings } from '../settings.ts';
import { choose, loaded, settings } from '../state.ts';
import { FilePicker } from './data-source.tsx';
import { Help } from './help.tsx';
import { SiteSwitch } from './site-switch.tsx';

type Theme = 'light' | 'dark';

const stored = 'headwater.theme';
const preferred = matchMedia('(prefers-color-scheme: dark)');

const readTheme = (): Theme | null => {
  const theme = localStorage.getItem(stored);
  return theme === 'light' || theme === 'dark' ? theme : null;
};

const theme = signal<Theme>(readTheme() ?? (preferred.matches ? 'dark' : 'light'));
preferred.addEventListener('change', ({ matches }) => {
  if (!readTheme()) theme.value = matches ? 'dark' : 'light';
});
if (readTheme()) document.documentElement.dataset.theme = theme.peek();

const toggleTheme = (): void => {
  theme.value = theme.peek() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme.peek();
  localStorage.setItem(stored, theme.peek());
};

const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M4 5c9 0 8 9 12 11M4 16h12M4 27c9 0 8-9 12-11M16 16h12" />
    <circle cx="26" cy="16" r="4" />
  </svg>
);

const privacy = {
  sample: 'Runs in this tab alone',
  file: 'Your data stays in this tab',
  site: 'Read from your own worker',
};

const screenNames: [Screen, string][] = [
  ['river', 'River'],
  ['compare', 'Compare models'],
  ['claims', 'Who claims it?'],
  ['journeys', 'Journeys'],
  ['markov', 'Markov lab'],
  ['flow', 'Flow'],
  ['money', 'Money'],
  ['customers', 'Customers'],
  ['truth', 'Truth'],
  ['live', 'Live'],
  ['destinations', 'Destinations'],
  ['setup', 'Set-up'],
];

/** The screens; where they do not fit beside each other, the one shown is moved into sight. */
const Screens = () => {
  const nav = useRef<HTMLElement>(null);
  const { screen } = settings.value;
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>(`[data-screen=${screen}]`);
    if (link && nav.current)
      nav.current.scrollLeft = link.offsetLeft - (nav.current.clientWidth - link.offsetWidth) / 2;
  }, [screen]);
  return (
    <nav ref={nav} aria-label="Screens">
      {screenNames.map(([id, name]) => (
        <a
          key={id}
          data-screen={id}
          href={writeSettings({ ...settings.value, screen: id }) || '#'}
          aria-current={screen === id ? 'page' : undefined}
          onClick={(event) => {
            event.preventDefault();
            choose({ screen: id });
          }}
        >
          {name}
        </a>
      ))}
    </nav>
  );
};

export const Header = () => (
  <header class="top-bar">
    <a class="brand" href="./">
      <Logo />
      Headwater
    </a>
    <Screens />
    <p class="badge">{privacy[loaded.value?.source.kind ?? 'sample']}</p>
    <button type="button" class="button quiet" onClick={toggleTheme}>
      {theme.value === 'dark' ? 'Light' : 'Dark'} theme
    </button>
    <Help />
    <SiteSwitch />
    <FilePicker />
  </header>
);
