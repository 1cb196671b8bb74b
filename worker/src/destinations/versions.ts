/**
 * API versions in one place. Platforms retire them on a schedule: look through this table every quarter,
 * or set `api_version` and `endpoint` of a destination.
 */
import type { DestinationType } from './destination.ts';

interface Api {
  endpoint: string;
  /** As it stands in the path or header; '' where the path has none. */
  version: string;
  /** Version: when it came out, and who says so. */
  since: string;
}

export const APIS: Record<Exclude<DestinationType, 'webhook'>, Api> = {
  meta: {
    endpoint: 'https://graph.facebook.com',
    version: 'v25.0',
    since: '2026-02-18; kept two years at least',
  },
  google_data_manager: {
    endpoint: 'https://datamanager.googleapis.com',
    version: 'v1',
    since: 'protos of 2026-08',
  },
  google_ads: {
    endpoint: 'https://googleads.googleapis.com',
    version: 'v25',
    since: 'protos of 2026-08; v26 seen 2026-10',
  },
  ga4: { endpoint: 'https://www.google-analytics.com', version: '', since: 'page of 2026' },
  tiktok: { endpoint: 'https://business-api.tiktok.com', version: 'v1.3', since: 'Events API 2.0' },
  linkedin: {
    endpoint: 'https://api.linkedin.com',
    version: '202608',
    since: '2026-08; each lives about a year',
  },
  microsoft: { endpoint: 'https://capi.uet.microsoft.com', version: 'v1', since: '2026, pilot' },
  pinterest: {
    endpoint: 'https://api.pinterest.com',
    version: 'v5',
    since: 'OpenAPI 5.23.0, 2025-12-11',
  },
  snapchat: { endpoint: 'https://tr.snapchat.com', version: 'v3', since: 'page of 2026' },
  reddit: { endpoint: 'https://ads-api.reddit.com', version: 'v3', since: 'page of 2026' },
  x: { endpoint: 'https://ads-api.x.com', version: '12', since: 'page of 2026-08' },
};

/** Where a destination is reached, without a trailing slash, and its version. */
export function apiOf(config: {
  type: keyof typeof APIS;
  endpoint?: string | undefined;
  api_version?: string | undefined;
}): { endpoint: string; version: string } {
  const { endpoint, version } = APIS[config.type];
  return {
    endpoint: (config.endpoint ?? endpoint).replace(/\/+$/, ''),
    version: config.api_version ?? version,
  };
}
