/** Starts the app: the data it begins with, keys for the models, the first screen. */
import { render } from 'preact';
import './style/main.css';
import { storedAccess, takeAccess } from './access.ts';
import { DropTarget } from './parts/data-source.tsx';
import { Header } from './parts/header.tsx';
import { onModelKey } from './parts/model-switch.tsx';
import { screenOf } from './screens.tsx';
import { open, settings } from './state.ts';

takeAccess();
addEventListener('hashchange', () => {
  if (takeAccess()) location.reload();
});

const access = storedAccess();
open(access ? { kind: 'site', ...access } : { kind: 'sample' });

const CurrentScreen = () => {
  const Screen = screenOf(settings.value.screen);
  return <Screen />;
};

addEventListener('keydown', onModelKey);
render(
  <>
    <Header />
    <CurrentScreen />
    <DropTarget />
  </>,
  document.getElementById('app')!,
);
