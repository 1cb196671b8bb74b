/** Page views, those of single-page apps too. */

import { safely } from './page.ts';
import { track } from './queue.ts';

let last = '';

const view = (wholly: boolean): void => {
  const { pathname, search, href } = location;
  const now = wholly ? pathname + search : pathname;
  if (last && now === (wholly ? last : last.split('?')[0])) return;
  const referrer = last ? new URL(last, href).href : document.referrer;
  last = pathname + search;
  // Only a view tells the query, or all that happens on a tagged page would be a touch of its own.
  track('page_view', { url: href, referrer, title: document.title });
};

export const pages = (): void => {
  view(true);
  for (const name of ['pushState', 'replaceState'] as const) {
    const before = history[name];
    history[name] = function (this: History, ...args) {
      before.apply(this, args);
      // A replaced query is the same page tidied; the title comes a moment later, and a page
      // that is left by then (an app's own redirect) was not seen.
      setTimeout(safely(() => view(name === 'pushState')));
    };
  }
  addEventListener('popstate', () => setTimeout(safely(() => view(true))));
};
