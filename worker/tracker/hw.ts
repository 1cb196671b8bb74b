/**
 * hw.js, the tracker: one tag does all of it.
 *
 *     <script async src="https://example.com/hw.js" data-site="shop"></script>
 *
 * Events of the page's own: headwater('purchase', { order_id, value, currency, … }), with the fields of
 * POST /e. Before the script is there, this stands in for it:
 *
 *     window.headwater ||= function () { (headwater.q ||= []).push(arguments) };
 */
import { clicks } from './clicks.ts';
import { setConsent } from './consent.ts';
import { dataLayer } from './data_layer.ts';
import { debugging, type Fields, overlay, safely } from './page.ts';
import { pages } from './pages.ts';
import { flush, leave, log, onLog, track } from './queue.ts';

type Command = [name: string, fields?: Fields];

const command = safely((name: string, fields?: Fields) =>
  name === 'consent' ? setConsent(fields ?? {}) : track(name, fields),
);

const start = safely(() => {
  const holder = window as unknown as { headwater?: typeof command & { q?: Command[] } };
  const waiting = holder.headwater?.q ?? [];
  holder.headwater = Object.assign(command, { consent: setConsent, log, onLog });
  // Consent first: it decides what may be told of the rest.
  dataLayer();
  for (const [name, fields] of waiting) if (name === 'consent') command(name, fields);
  pages();
  for (const [name, fields] of waiting) if (name !== 'consent') command(name, fields);
  clicks();
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', flush);
  addEventListener('pagehide', safely(leave));
  if (debugging)
    document.head.append(Object.assign(document.createElement('script'), { src: overlay }));
});

// A page that is only prepared was not seen yet.
if ((document as { prerendering?: boolean }).prerendering)
  document.addEventListener('prerenderingchange', start, { once: true });
else start();
