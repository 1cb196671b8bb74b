/**
 * Text to paste, for a site of a worker. Plain data, so that tests run what is shown. Never a key: a server
 * takes it from its environment.
 */
import { type Data, literal } from './literal.ts';

export interface Place {
  /** Of the worker, e.g. https://www.example.com, without a slash at the end. */
  origin: string;
  site: string;
  currency: string;
  /** Paths of the site. */
  paths: { script: string; pixel: string };
}

/** Environment variable that the servers' snippets read. */
export const KEY_VARIABLE = 'HEADWATER_KEY';

export const whats = ['hello', 'order'] as const;
/** What a server sends: an event that counts for nothing, or an order. */
export type What = (typeof whats)[number];

/** The body of `POST /v1/events`: the same in each language. */
export const requestOf = ({ site, currency }: Place, what: What): Data => ({
  site,
  events: [
    what === 'hello'
      ? { name: 'hello', visitor_id: 'visitor-1' }
      : {
          name: 'purchase',
          event_id: 'order-A-1001',
          order_id: 'A-1001',
          value: '59.90',
          currency,
          user: { email: 'customer@example.com' },
        },
  ],
});

const html = ({ origin, site, paths }: Place): string =>
  `<script async src="${origin}${paths.script}" data-site="${site}"></script>
<noscript><img src="${origin}${paths.pixel}?site=${site}" alt=""></noscript>`;

/** GTM writes script tags anew and loses their data attributes, so the script is made by hand. */
const gtm = ({ origin, site, paths }: Place): string => `<script>
  var tag = document.createElement('script');
  tag.async = true;
  tag.src = '${origin}${paths.script}';
  tag.setAttribute('data-site', '${site}');
  document.head.appendChild(tag);
</script>`;

const wordpress = (place: Place): string => `add_action('wp_head', function () { ?>
${html(place)}
<?php });

// With WooCommerce: the order, once, on its thank-you page.
add_action('woocommerce_thankyou', function ($order_id) {
    $order = wc_get_order($order_id);
    if (!$order) return;
    $purchase = [
        'order_id' => $order->get_order_number(),
        'value' => (string) $order->get_total(),
        'currency' => $order->get_currency(),
    ]; ?>
<script>
  window.headwater ||= function () { (headwater.q ||= []).push(arguments) };
  headwater('purchase', <?php echo wp_json_encode($purchase, JSON_HEX_TAG | JSON_HEX_AMP); ?>);
</script>
<?php });`;

/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const curl = (place: Place, what: What): string => `curl -sS ${place.origin}/v1/events \\
  -H "authorization: Bearer $${KEY_VARIABLE}" \\
  -H "content-type: application/json" \\
  -d ${quoted(JSON.stringify(requestOf(place, what), null, 2))}`;

const node = (
  place: Place,
  what: What,
): string => `const body = ${literal('node', requestOf(place, what))};
const response = await fetch('${place.origin}/v1/events', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.${KEY_VARIABLE}}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify(body),
});
console.log(response.status, await response.text());`;

const php = (place: Place, what: What): string => `<?php
$body = ${literal('php', requestOf(place, what))};
$request = curl_init('${place.origin}/v1/events');
curl_setopt_array($request, [
    CURLOPT_POST => true,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        'authorization: Bearer ' . getenv('${KEY_VARIABLE}'),
        'content-type: application/json',
    ],
    CURLOPT_POSTFIELDS => json_encode($body),
]);
$answer = curl_exec($request);
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $answer, PHP_EOL;`;

const python = (place: Place, what: What): string => `import json
import os
import urllib.request

body = ${literal('python', requestOf(place, what))}
request = urllib.request.Request(
    "${place.origin}/v1/events",
    method="POST",
    headers={
        "authorization": f"Bearer {os.environ['${KEY_VARIABLE}']}",
        "content-type": "application/json",
    },
    data=json.dumps(body).encode(),
)
with urllib.request.urlopen(request) as response:
    print(response.status, response.read().decode())`;

/** The file's columns stand in the hint. */
const spend = ({
  origin,
  site,
}: Place): string => `curl -sS "${origin}/v1/import/spend?site=${site}" \\
  -H "authorization: Bearer $${KEY_VARIABLE}" \\
  -H "content-type: text/csv" \\
  --data-binary @spend.csv`;

export interface Snippet {
  name: string;
  /** Where it goes. */
  where: string;
  /** Runs on a server, with a key, and sends an event or an order. */
  server?: true;
  text: (place: Place, what: What) => string;
}

export const snippetIds = [
  ...(['html', 'gtm', 'shopify', 'wordpress'] as const),
  ...(['curl', 'node', 'php', 'python', 'spend'] as const),
];
export type SnippetId = (typeof snippetIds)[number];

export const snippets: Record<SnippetId, Snippet> = {
  html: { name: 'HTML', where: 'In the head of every page.', text: html },
  gtm: {
    name: 'GTM',
    where:
      'A tag of the type Custom HTML, fired on Initialization – All Pages. Purchases in the dataLayer are read by themselves.',
    text: gtm,
  },
  shopify: {
    name: 'Shopify',
    where:
      'Online Store → Themes → Edit code → theme.liquid, before </head>. The checkout is not part of the theme: send orders from your server (curl, Node, PHP or Python).',
    text: html,
  },
  wordpress: {
    name: 'WordPress',
    where: 'At the end of the functions.php of your child theme.',
    text: wordpress,
  },
  curl: { name: 'curl', where: 'In a terminal.', server: true, text: curl },
  node: { name: 'Node', where: 'Node 18 or later, as a file .mjs.', server: true, text: node },
  php: { name: 'PHP', where: 'PHP 7.4 or later with curl.', server: true, text: php },
  python: { name: 'Python', where: 'Python 3.6 or later.', server: true, text: python },
  spend: {
    name: 'Ad spend',
    where:
      'What the ads cost: a CSV with date, cost and channel or source; also medium, campaign, currency, clicks, impressions. A day that comes again is replaced.',
    text: spend,
  },
};

/** A conversion's name may have only these characters; the event keeps its own. */
const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[^a-z0-9]+|_+$/g, '')
    .slice(0, 64) || 'conversion';

/** An entry of the site's `conversions`. @param match an event's name, or a path such as /thank-you* */
export const conversionOf = (match: { event: string } | { url: string }): string =>
  JSON.stringify(
    { name: nameOf('event' in match ? match.event : match.url), ...match, count: 'every' },
    null,
    2,
  );

/** @returns undefined when it is no address of a page or a worker */
export const originOf = (text: string): string | undefined => {
  const url = URL.parse(text.trim());
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
};

/** The variable that holds the API key of a site. */
export const secretOf = (site: string): string =>
  `${site
    .replace(/^[0-9]/, 'S$&')
    .replaceAll('-', '_')
    .toUpperCase()}_API_KEY`;

interface NewSite {
  /** As the configuration takes it: a-z, 0-9, _ and -. */
  site: string;
  origin: string;
  /** ISO 4217. */
  currency: string;
  /** IANA name. */
  timezone: string;
}

/** An entry of `sites`, without the braces around it. */
export const siteEntryOf = ({ site, origin, currency, timezone }: NewSite): string => {
  const entry = {
    api_key_secret: secretOf(site),
    origins: [origin],
    currency,
    timezone,
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
  };
  return `${JSON.stringify(site)}: ${JSON.stringify(entry, null, 2)}`;
};

/** A field of the site. */
export const firstDestination = `"destinations": [
  {
    "name": "meta",
    "type": "meta",
    "conversions": ["purchase"],
    "pixel_id": "YOUR_PIXEL_ID",
    "access_token_secret": "META_TOKEN"
  }
]`;
