/** Starts the app: the data it begins with, keys for the models, the first screen. */
import { render } from 'preact';
import './style/main.css';
import { hasInvitation, signIn } from './access.ts';
import { DropTarget } from './parts/data-source.tsx';
import { Header } from './parts/header.tsx';
import { onModelKey } from './parts/model-switch.tsx';
import { WhyDialog } from './parts/why-dialog.tsx';
import { screenOf } from './screens.tsx';
import { open, refuse, settings } from './state.ts';

addEventListener('hashchange', () => {
  if (hasInvitation()) location.reload();
});

void signIn().then((answer) => {
  if (answer.state === 'refused') refuse(answer.message);
  open(answer.state === 'in' ? { kind: 'site', site: answer.site } : { kind: 'sample' });
});

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
    <WhyDialog />
  </>,
  document.getElementById('app')!,
);
