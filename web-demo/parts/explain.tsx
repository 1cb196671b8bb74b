/** "Explain these figures": what each one is, and the model, window, basis and currency behind it. */
import { useRef } from 'preact/hooks';
import { formatCount, formatDuration } from '../format.ts';
import { modelText } from '../models.ts';
import { type Loaded, loaded, nameOf, settings } from '../state.ts';
import { Dialog, Terms } from './dialog.tsx';
import { unitOf } from './frame.tsx';

interface Props {
  /** Each figure of the panel, and how it comes about. */
  figures: [name: string, how: string][];
  /** The model that the figures follow from; none: several, or no model at all. */
  model?: string;
  /** Said instead of what holds for the data at hand, where the figures are not about it. */
  about?: [name: string, what: string][];
}

const parameters = (model: string): string => {
  const { halfLifeMs, weights } = settings.value;
  if (model === 'time_decay') return `half-life ${formatDuration(halfLifeMs)}`;
  if (model === 'position') return `first ${weights[0]}, middle ${weights[1]}, last ${weights[2]}`;
  return 'none';
};

/** What is true of every figure about this data. */
const basis = (data: Loaded): [string, string][] => {
  const { summary, source, at } = data;
  const touches = summary.kind === 'touches';
  const refused = summary.badRows > 0 ? `, ${formatCount(summary.badRows)} refused` : '';
  const twice = summary.duplicates > 0 ? `, ${formatCount(summary.duplicates)} seen before` : '';
  return [
    ['Data', `${nameOf(source)}: ${formatCount(summary.rows)} rows${refused}${twice}`],
    [
      'Window',
      touches
        ? 'clicks and visits count for 30 days before the sale, views for 1 day'
        : 'none: the file has finished paths',
    ],
    ['Basis', 'credit stands on the day of the sale; all sales of the data are in it'],
    [
      'Currency',
      unitOf(data)
        ? `${unitOf(data)}, gross: nothing was refunded in the sample`
        : 'as in the file; nothing is converted, and refunds are off only if the file took them off',
    ],
    ['As of', new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })],
  ];
};

/** The model and its parameters, then what holds for the data; or what is said instead. */
export const contextOf = (
  model: string | undefined,
  about: [name: string, what: string][] | undefined,
): [string, string][] =>
  about ?? [
    ...(model
      ? ([
          ['Model', `${modelText(model).name}. ${modelText(model).rule}`],
          ['Parameters', parameters(model)],
        ] as [string, string][])
      : []),
    ...(loaded.value ? basis(loaded.value) : []),
  ];

export const Explain = ({ figures, model, about }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        class="button quiet explain-link"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        Explain these figures
      </button>
      <Dialog box={dialog} title="How these figures come about">
        <Terms of={figures} />
        <h3>What they stand on</h3>
        <Terms of={contextOf(model, about)} />
      </Dialog>
    </>
  );
};
