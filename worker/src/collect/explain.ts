/** `GET /v1/classify`: what a visit would be to a site, and which rule says so. */
import type { Classified } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import { scrubUrl } from '../identity/scrub.ts';
import { SITE_PARAMETER, siteOfQuery } from '../report/query.ts';
import { json, type Route } from '../route.ts';
import { touchOf } from './touch.ts';

const GIVEN = ['source', 'medium', 'campaign', 'channel'] as const;

export const classify: Route = {
  method: 'GET',
  path: '/v1/classify',
  doc: {
    summary: "Source and channel of a visit by the site's rules, and which rule decided",
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'url', in: 'query', description: "the page's address" },
      { name: 'referrer', in: 'query', description: 'where the visitor came from' },
      ...GIVEN.map((name) => ({
        name,
        in: 'query' as const,
        description: `a ${name} that the sender knows; wins over the address`,
      })),
    ],
    answer:
      '{"channel", "source", "medium", "campaign", "term", "content", "click_ids", "origin", "interaction", "rule", "because"}',
  },
  async handle(handled) {
    const site = await siteOfQuery(handled);
    const query = handled.url.searchParams;
    const url = scrubUrl(query.get('url') ?? '');
    const referrer = scrubUrl(query.get('referrer') ?? '');
    const source: Record<string, string> = {};
    for (const name of GIVEN) {
      const value = query.get(name);
      if (value) source[name] = value;
    }
    const [classified] = handled.context.engine
      .classifier(site)
      .classify([{ url, referrer, ...(Object.keys(source).length > 0 && { source }) }]);
    return json(explain(site, { url, referrer, source }, classified!));
  },
};

interface Visit {
  url: string;
  referrer: string;
  source: Record<string, string>;
}

function explain(site: Site, { url, referrer, source }: Visit, classified: Classified) {
  const { clickIds, rule, origin, ...dimensions } = classified;
  const event = { name: 'page_view', url, source: { ...EMPTY, ...source } };
  const touch = touchOf(event, classified, false) ?? null;
  const ruleOfSite = rule === 'site' ? siteRuleOf(site, classified) : -1;
  return {
    ...dimensions,
    click_ids: clickIds,
    origin,
    interaction: touch,
    rule:
      origin === 'internal' ? 'internal' : ruleOfSite < 0 ? rule : `channel_rules.${ruleOfSite}`,
    because:
      origin === 'internal'
        ? insideBecause(site, url, referrer)
        : ruleOfSite < 0
          ? (BECAUSE[rule] ?? rule)
          : `the site's own rule ${JSON.stringify(site.classifier.channelRules?.[ruleOfSite])}`,
  };
}

const EMPTY = { source: '', medium: '', campaign: '', term: '', content: '', channel: '' };

/** The first of the site's rules that fits, as the core takes it: all that it names are equal. */
function siteRuleOf({ classifier }: Site, visit: Classified): number {
  const same = (rule: string | undefined, value: string) =>
    rule === undefined || asciiLower(rule) === asciiLower(value);
  return (classifier.channelRules ?? []).findIndex(
    ({ source, medium, campaign }) =>
      same(source, visit.source) && same(medium, visit.medium) && same(campaign, visit.campaign),
  );
}

const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (sign) => sign.toLowerCase());

function insideBecause({ classifier }: Site, url: string, referrer: string): string {
  const from = hostOf(referrer);
  const excluded = classifier.referralExclusions?.find((host) => within(from, bare(host)));
  if (excluded !== undefined) return `referral_exclusions has ${excluded}: never a source`;
  const own = classifier.ownHosts?.find((host) => within(from, bare(host)));
  if (own !== undefined) return `the referrer ${from} is of the site's own origin ${own}`;
  return `the referrer ${from} and the page ${hostOf(url)} are of one site`;
}

const bare = (host: string): string => host.toLowerCase().replace(/^www\./, '');
const hostOf = (url: string): string =>
  bare(URL.parse(url, 'https://none.invalid')?.hostname ?? '').replace(/\.$/, '');
const within = (host: string, parent: string): boolean =>
  host === parent || host.endsWith(`.${parent}`);

/** In the order in which they are tried. */
const BECAUSE: Record<string, string> = {
  given: 'the sender named the channel',
  'ga4:direct': 'neither a source nor a referrer',
  'ga4:cross_network': 'the campaign has "cross-network" in its name',
  'ga4:paid_shopping': 'a shopping source or campaign, and the medium is paid',
  'ga4:paid_search': 'the source is a search engine, and the medium is paid',
  'ga4:paid_social': 'the source is a social network, and the medium is paid',
  'ga4:paid_video': 'the source is a video site, and the medium is paid',
  'ga4:display': 'the medium is display, banner, expandable, interstitial or cpm',
  'ga4:paid_other': 'the medium is paid (has "cp", is ppc or retargeting, or begins with paid)',
  'ga4:ai_assistant': 'the source is an AI assistant, or the medium is ai-assistant',
  'ga4:organic_shopping': 'a shopping source, or "shop" stands in the campaign',
  'ga4:organic_social': 'the source is a social network, or the medium is social',
  'ga4:organic_video': 'the source is a video site, or the medium has "video"',
  'ga4:organic_search': 'the source is a search engine, or the medium is organic',
  'ga4:referral': 'the medium is referral, app or link: another site linked here',
  'ga4:email': 'the source or the medium is e-mail',
  'ga4:affiliates': 'the medium is affiliate',
  'ga4:audio': 'the medium is audio',
  'ga4:sms': 'the source or the medium is sms',
  'ga4:mobile_push': 'the medium is of notifications or mobile apps, or the source is firebase',
  'ga4:unassigned': 'no rule fits: check the spelling of utm_source and utm_medium',
};
