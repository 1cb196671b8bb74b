/** All destination types; a new one is a file and a row. */

import type { Destination, DestinationType } from './destination.ts';
import { ga4 } from './ga4.ts';
import { googleAds } from './google_ads.ts';
import { googleDataManager } from './google_data_manager.ts';
import { linkedin } from './linkedin.ts';
import { meta } from './meta.ts';
import { microsoft } from './microsoft.ts';
import { pinterest } from './pinterest.ts';
import { reddit } from './reddit.ts';
import type { DestinationConfig } from './schemas.ts';
import { snapchat } from './snapchat.ts';
import { tiktok } from './tiktok.ts';
import { webhook } from './webhook.ts';
import { x } from './x.ts';

const DESTINATIONS: { [T in DestinationType]: Destination<T> } = {
  meta,
  google_data_manager: googleDataManager,
  google_ads: googleAds,
  ga4,
  tiktok,
  linkedin,
  microsoft,
  pinterest,
  snapchat,
  reddit,
  x,
  webhook,
};

/** The functions for a configured destination; its own configuration is what they take. */
export function destinationOf({ type }: Pick<DestinationConfig, 'type'>): Destination {
  // The table pairs each type with its own configuration; the union of them forgets it.
  return DESTINATIONS[type] as unknown as Destination;
}
