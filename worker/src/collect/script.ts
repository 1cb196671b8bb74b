/** `GET /hw.js`: the tracker, with the collect path of its site written into it; its overlay beside it. */

import tracker from '../../../dist/tracker/hw.txt';
import overlay from '../../../dist/tracker/hw-debug.txt';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import type { Route } from '../route.ts';

/** Where the tracker has paths of the site; worker/tracker/page.ts. */
const COLLECT = '/__collect__';
const REDIRECT = '/__redirect__';
/** Where it has the sites whose visitors' devices nothing is stored on. */
const COOKIELESS = '__cookieless__';

const headers = {
  'content-type': 'text/javascript; charset=utf-8',
  // Long enough to be quick, short enough that a new version arrives within the hour.
  'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

const scriptPaths = ({ config }: Context): string[] => [
  ...new Set([...config.sites.values()].map(({ paths }) => paths.script)),
];

/** /hw.js has /hw-debug.js. */
const overlayPath = (path: string): string => `${path.replace(/\.js$/, '')}-debug.js`;

export const script: Route = {
  method: 'GET',
  path: scriptPaths,
  doc: { summary: 'The tracker; put data-site on its script tag', answer: 'JavaScript' },
  handle({ context, url }) {
    const sites = [...context.config.sites.values()];
    // Sites that share a script but not a collect path say theirs by data-collect.
    const site = sites.find(({ paths }) => paths.script === url.pathname);
    const text = tracker
      .replace(COLLECT, site?.paths.collect ?? '/e')
      .replace(REDIRECT, site?.paths.redirect ?? '/r')
      .replace(COOKIELESS, cookieless(sites, url.pathname));
    return new Response(text, { headers });
  },
};

/** Keys of the sites, those of this script. */
const cookieless = (sites: readonly Site[], path: string): string =>
  sites
    .filter(({ paths, identity }) => paths.script === path && identity.mode === 'cookieless')
    .map(({ key }) => key)
    .join(' ');

export const scriptOverlay: Route = {
  method: 'GET',
  path: (context) => scriptPaths(context).map(overlayPath),
  handle: () => new Response(overlay, { headers }),
};
