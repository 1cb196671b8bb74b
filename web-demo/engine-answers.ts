/** Answers of the full engine to the questions of the lazily loaded screens. */
import type { FullDataset } from '../wasm/binding/full.ts';
import type { Answer, Question } from './messages.ts';

/** Questions about the data. */
export const answerOf = (
  dataset: FullDataset,
  question: Exclude<Question, { kind: 'truth' }>,
): Answer => {
  const { kind, ask } = question;
  if (kind === 'paths') return { kind, answer: dataset.paths(ask.filter, ask.top) };
  if (kind === 'flow') return { kind, answer: dataset.flow(ask) };
  if (kind === 'markov') return { kind, answer: dataset.markov(ask) };
  const [journey] = dataset.journeys(ask.index, 1, []);
  // A journey that nobody was reached by has no credit to tell.
  const told = journey && journey.channels.length > 0 ? ask.models : [];
  const credits = dataset.credit(ask.index, told, ask.options);
  return { kind, answer: { journey: journey ?? null, credits } };
};
