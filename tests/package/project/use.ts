/** What a user of the package does, whatever the host: everything once, as plain data. */
import type { HeadwaterFull } from 'headwater';
import { type Headwater, HwError } from 'headwater/edge';

const csv = `path,total_conversions,total_conversion_value,total_null,times
ads > email > ads,2,30,1,48 > 20 > 1
email,1,10.50,4,3
(organic),1,5,9,0
search > email,3,99.99,0,100 > 2
`;

const source = {
  channel: 'Email',
  source: 'news',
  medium: 'email',
  campaign: '',
  term: '',
  content: '',
};

export const use = (hw: HeadwaterFull, edge: Headwater) => {
  const data = hw.dataset();
  data.append(new TextEncoder().encode(csv));
  data.finish();
  const models = ['first', 'linear', 'markov', 'shapley', 'hazard', 'logistic'];
  const credit = data.attribute(models);
  const { channels } = data.summary();
  const intervals = data.bootstrap(['linear', 'markov'], 20, { seed: 7 });
  const part = data.ledger('one');
  const again = hw.ledger(part.save());
  again.merge(part);
  const merged = again.dataset();
  const keys = hw.keys([
    ['order', '1'],
    ['order', '2'],
    ['order', '1'],
  ]);
  const dedup = hw.dedup(1000);
  const classifier = edge.classifier();
  const stepper = edge.stepper({
    models: ['linear'],
    lookbackClickMs: 1e9,
    lookbackImpressionMs: 1e9,
    dedupWindowMs: 1e9,
    retentionMs: 1e10,
    sessionMs: 1000,
    halfLifeMs: 1e9,
    touchCap: 10,
  });
  const touch = { interaction: 'click' as const, source };
  const [first, second] = hw.keys([['a'], ['b']]);
  if (!first || !second) throw new Error('two keys were asked for');
  const step = stepper.step(
    [
      {
        blob: null,
        events: [
          { key: first, at: 1e12, day: 11574, touch },
          { key: second, at: 1e12 + 5, day: 11574, conversions: [{ action: 'buy', value: 7e6 }] },
        ],
      },
    ],
    1e12 + 9,
  );
  let refused = '';
  try {
    data.attribute(['no such model']);
  } catch (error) {
    refused = error instanceof HwError ? error.code : String(error);
  }
  const result = {
    version: hw.version,
    channels,
    credit,
    intervals,
    merged: merged.attribute(['linear']),
    verdicts: dedup.add(keys, [1, 2, 3]),
    classified: classifier.classify([{ url: 'https://shop.example.com/?gclid=x' }]),
    ledger: step.ledger,
    outcomes: step.persons.map((p) => p.outcomes),
    refused,
  };
  for (const each of [data, part, again, merged, dedup, classifier, stepper]) each.dispose();
  return result;
};
