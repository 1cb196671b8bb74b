/** Answers of the full engine to the questions of the lazily loaded screens. */
import { type FullDataset, type HeadwaterFull, HwError } from '../wasm/binding/full.ts';
import { claimedOrders } from './claimed-orders.ts';
import type { Answer, Question, Questions } from './messages.ts';

type About<K extends keyof Questions> = Extract<Question, { kind: K }>;
/** Questions that no data is needed for. */
export type FreeQuestion = About<'truth' | 'spend'>;

export const isFree = (question: Question): question is FreeQuestion =>
  question.kind === 'truth' || question.kind === 'spend';

export const answerFree = async (
  core: HeadwaterFull,
  { kind, ask }: FreeQuestion,
): Promise<Answer> => {
  if (kind === 'truth') return { kind, answer: core.truth(ask) };
  const bytes = typeof ask === 'string' ? new TextEncoder().encode(ask) : await ask.bytes();
  return { kind, answer: core.spend(bytes) };
};

/** One model after the other: what the data does not allow is left out, with the reason. */
const money = (
  dataset: FullDataset,
  { models, spend, options }: Questions['money']['ask'],
): Questions['money']['answer'] => {
  const answer: Questions['money']['answer'] = { rows: [], leftOut: [] };
  for (const model of models)
    try {
      answer.rows.push({ model, money: dataset.money(model, spend, options) });
    } catch (error) {
      if (!(error instanceof HwError)) throw error;
      answer.leftOut.push({ model, why: error.message });
    }
  return answer;
};

/** Questions about the data. */
export const answerOf = (
  dataset: FullDataset,
  question: Exclude<Question, FreeQuestion>,
): Answer => {
  const { kind, ask } = question;
  if (kind === 'paths') return { kind, answer: dataset.paths(ask.filter, ask.top) };
  if (kind === 'flow') return { kind, answer: dataset.flow(ask) };
  if (kind === 'markov') return { kind, answer: dataset.markov(ask) };
  if (kind === 'claimed') return { kind, answer: claimedOrders(dataset, ask) };
  if (kind === 'customers') return { kind, answer: dataset.customers(ask) };
  if (kind === 'money') return { kind, answer: money(dataset, ask) };
  const [journey] = dataset.journeys(ask.index, 1, []);
  // A journey that nobody was reached by has no credit to tell.
  const told = journey && journey.channels.length > 0 ? ask.models : [];
  const credits = dataset.credit(ask.index, told, ask.options);
  return { kind, answer: { journey: journey ?? null, credits } };
};
