/** What the visitor agreed to: told by the page, or by Google's consent mode. */

import type { Fields } from './page.ts';
import { get, put } from './store.ts';

const KEY = 'consent';

/** analytics, ad_user_data, ad_personalization: granted or denied; what is not said is left to the site. */
export const consent: Fields = {};
try {
  Object.assign(consent, JSON.parse(get(KEY) ?? '{}'));
} catch {}

export const denied = (): boolean => consent.analytics === 'denied';

/** `headwater.consent({...})`: remembered on the device. */
export const setConsent = (choice: Fields): void => {
  Object.assign(consent, choice);
  put(KEY, JSON.stringify(consent));
};

/** `gtag('consent', 'default' | 'update', {...})`: the page tells it anew each time. */
export const googleConsent = (choice: Fields): void => {
  const { analytics_storage, ad_storage, ad_user_data, ad_personalization } = choice;
  if (analytics_storage) consent.analytics = analytics_storage;
  for (const [name, state] of Object.entries({ ad_user_data, ad_personalization }))
    if (state ?? ad_storage) consent[name] = state ?? ad_storage;
};
