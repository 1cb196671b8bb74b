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

/** Models that the compare screen has beside; they need the full engine. */
export const furtherModels: ModelText[] = [
  {
    id: 'markov',
    name: 'Markov',
    rule: 'How many sales would be lost if the channel were taken out of every path.',
  },
  {
    id: 'shapley_rate',
    name: 'Shapley (rate)',
    rule: 'What the channel adds, on average over all orders in which channels could join.',
  },
  {
    id: 'hazard',
    name: 'Hazard',
    rule: 'What the touches did to the rate of buying, beside what would have come anyway.',
    needsTimes: true,
  },
];

export const comparedModels: ModelText[] = [...models, ...furtherModels];

export const modelText = (id: string): ModelText =>
  comparedModels.find((model) => model.id === id) ?? { id, name: id, rule: '' };
