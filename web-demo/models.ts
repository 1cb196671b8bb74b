/** The models as the page names them; the ids are the core's. */

export interface ModelText {
  id: string;
  name: string;
  /** What it does with one sale, in a sentence. */
  rule: string;
  needsTimes?: true;
}

export const models: ModelText[] = [
  { id: 'first', name: 'First touch', rule: 'The touch that began the journey gets everything.' },
  { id: 'last', name: 'Last touch', rule: 'The touch just before the sale gets everything.' },
  {
    id: 'last_non_direct',
    name: 'Last non-direct',
    rule: 'The last touch that was not a direct visit gets everything.',
  },
  { id: 'linear', name: 'Linear', rule: 'Every touch gets an equal part.' },
  {
    id: 'linear_unique',
    name: 'Linear by channel',
    rule: 'Every channel on the path gets an equal part, however often it appears.',
  },
  {
    id: 'position',
    name: 'Position',
    rule: 'Fixed parts for the first and the last touch; those between share the rest.',
  },
  {
    id: 'time_decay',
    name: 'Time decay',
    rule: 'The nearer to the sale, the more: a touch one half-life earlier counts half.',
    needsTimes: true,
  },
];

export const modelText = (id: string): ModelText =>
  models.find((model) => model.id === id) ?? { id, name: id, rule: '' };
