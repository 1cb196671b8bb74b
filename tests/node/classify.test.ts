/** The project's vectors for landing URLs and channels, through the binding and the command line. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { core, json, native } from './hosts.ts';

interface Landing {
  id: string;
  url: string;
  click_ids: Record<string, string>;
  utm: Record<string, string>;
}
interface Channel {
  id: string;
  source: string;
  medium: string;
  campaign: string;
  channel: string;
}

test('landing URLs', async () => {
  const { vectors } = json('tests/vectors/landing_urls.json') as { vectors: Landing[] };
  const classifier = (await core()).classifier();
  const got = classifier.classify(vectors.map(({ url }) => ({ url })));
  vectors.forEach((v, i) => {
    assert.deepEqual(got[i]?.clickIds, v.click_ids, v.id);
    for (const [name, value] of Object.entries(v.utm)) {
      const field = name.slice(4) as 'source' | 'campaign';
      if (Object.keys(v.click_ids).length === 0 || field !== 'source')
        assert.equal(got[i]?.[field], value, v.id);
    }
  });
  assert.ok(vectors.length >= 11);
});

test('channels', async () => {
  const { vectors } = json('tests/vectors/ga4_channels.json') as { vectors: Channel[] };
  const classifier = (await core()).classifier();
  const wrong: string[] = [];
  classifier
    .classify(
      vectors.map(({ source, medium, campaign }) => ({ source: { source, medium, campaign } })),
    )
    .forEach((c, i) => {
      const v = vectors[i];
      if (c.channel !== v?.channel)
        wrong.push(
          `${v?.id} ${v?.source}/${v?.medium}/${v?.campaign}: ${c.channel}, expected ${v?.channel}`,
        );
    });
  assert.deepEqual(wrong, []);
  assert.ok(vectors.length >= 30);
});

test('hw classify prints one JSON object', () => {
  const { code, out } = native([
    'classify',
    '--url',
    'https://shop.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=a%20b&gclid=AbC',
  ]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), {
    channel: 'Paid Search',
    source: 'google',
    medium: 'cpc',
    campaign: 'a b',
    term: '',
    content: '',
    click_ids: { gclid: 'AbC' },
    origin: 'tagged',
    rule: 'ga4:paid_search',
  });
});
