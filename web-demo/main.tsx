/** Starts the app: the data it begins with, keys for the models, the first screen. */
import { render } from 'preact';
import './style/main.css';
import { DropTarget } from './parts/data-source.tsx';
import { Header } from './parts/header.tsx';
import { onModelKey } from './parts/model-switch.tsx';
import { RiverScreen } from './screens/river.tsx';
import { writeSettings } from './settings.ts';
import { open, settings } from './state.ts';

const keyName = 'headwater.key';
const siteName = 'headwater.site';

/** A key in the link (`#key=…&site=…`) goes to this tab's memory and out of the URL at once. */
const takeKey = (): void => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const key = fragment.get('key');
  if (!key) return;
  sessionStorage.setItem(keyName, key);
  sessionStorage.setItem(siteName, fragment.get('site') ?? '');
  history.replaceState(null, '', `${location.pathname}${writeSettings(settings.peek())}`);
};

takeKey();
addEventListener('hashchange', () => {
  const before = sessionStorage.getItem(keyName);
  takeKey();
  if (sessionStorage.getItem(keyName) !== before) location.reload();
});

const key = sessionStorage.getItem(keyName);
const site = sessionStorage.getItem(siteName);
open(key && site ? { kind: 'site', key, site } : { kind: 'sample' });

addEventListener('keydown', onModelKey);
render(
  <>
    <Header />
    <RiverScreen />
    <DropTarget />
  </>,
  document.getElementById('app')!,
);
