/** What the script tag says, and the page's own facts. */

const tag = document.currentScript as HTMLScriptElement | null;
const src = tag?.src || location.href;

/** Key of the site: `data-site` of the script tag. */
export const site = tag?.dataset.site ?? '';

/** Where beacons go; the worker writes the site's own path into the script that it serves. */
export const collect = new URL(tag?.dataset.collect ?? '/__collect__', src).href;

/** Other domains of the site: `data-domains="shop.example.net shop.example.org"`. */
export const domains = (tag?.dataset.domains ?? '').split(' ');
export const redirect = new URL('/__redirect__', src).href;

/** The site wants nothing stored on the device; the worker writes the keys of such sites in. */
export const cookieless = '__cookieless__'.split(' ').includes(site);

/** `?hw_debug=1` in the page's address. */
export const debugging = /[?&]hw_debug=1\b/.test(location.search);

/** The overlay lies beside the tracker: /hw.js has /hw-debug.js. */
export const overlay = src.replace(/(\.js)?([?#].*)?$/, '-debug.js');

export type Fields = Record<string, unknown>;

/** A tracker must never break the page that carries it. */
export const safely =
  <A extends unknown[]>(work: (...args: A) => void) =>
  (...args: A): void => {
    try {
      work(...args);
    } catch {}
  };
