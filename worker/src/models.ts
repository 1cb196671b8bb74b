/** The attribution models that a configuration may name. */

/** Models that the core credits event by event; their ids are the core's names. */
export const RULE_MODELS = [
  'first',
  'last',
  'last_non_direct',
  'linear',
  'linear_unique',
  'position',
  'time_decay',
] as const;

/** Models that need all journeys of a site at once. */
export const DATA_DRIVEN_MODELS = [
  'markov',
  'shapley',
  'shapley_rate',
  'shapley_ordered',
  'hazard',
  'logistic',
] as const;

/** Those that are fitted when a report asks; the others need the full engine. */
export const FITTED_MODELS = ['markov', 'shapley', 'shapley_rate', 'shapley_ordered'] as const;
export type FittedModel = (typeof FITTED_MODELS)[number];

export type RuleModel = (typeof RULE_MODELS)[number];
export type Model = RuleModel | (typeof DATA_DRIVEN_MODELS)[number];

export const MODELS: readonly Model[] = [...RULE_MODELS, ...DATA_DRIVEN_MODELS];

/** How a rule model splits one conversion, for people. */
export const MODEL_RULES: Record<RuleModel, string> = {
  first: 'the whole conversion to the first touch',
  last: 'the whole conversion to the last touch',
  last_non_direct:
    'the whole conversion to the last touch that is not Direct; all Direct: the last',
  linear: 'equal parts to all touches',
  linear_unique: "equal parts to the distinct channels, each shared among that channel's touches",
  position: '40 % to the first touch, 40 % to the last, 20 % shared by those between',
  time_decay: 'parts of 2^(-age / half-life), scaled to sum to 1',
};

export function isRuleModel(name: string): name is RuleModel {
  return (RULE_MODELS as readonly string[]).includes(name);
}

export function isFittedModel(name: string): name is FittedModel {
  return (FITTED_MODELS as readonly string[]).includes(name);
}

export function isModel(name: string): name is Model {
  return (MODELS as readonly string[]).includes(name);
}
