/** What every screen has around its picture: a title, the data it stands on, what is going on. */
import type { ComponentChildren } from 'preact';
import { formatCount, formatMicrosShort } from '../format.ts';
import { type Loaded, loaded } from '../state.ts';
import { LoadProgress, Problem, SourceLine } from './data-source.tsx';
import { MappingForm } from './mapping-form.tsx';
import { Why } from './why.tsx';

/** The sample's currency is known; a file's is not. */
export const unitOf = ({ source }: Loaded): string => (source.kind === 'sample' ? 'USD' : '');

/** Stands from the start, so that nothing moves when the figures come. */
const Totals = ({ data }: { data: Loaded | null }) => {
  const summary = data?.summary;
  // What comes first is the sample.
  const unit = data ? unitOf(data) : 'USD';
  const figures: [label: string, figure: string, how: string][] = [
    [
      'journeys',
      summary ? formatCount(summary.journeys) : '…',
      'sales, and visitors who did not buy: each sale looks back on its own touches, and who did not buy is one journey',
    ],
    [
      'touches',
      summary ? formatCount(summary.touches) : '…',
      'ad clicks, ad views and visits that the data holds',
    ],
    [
      'conversions',
      summary ? formatMicrosShort(summary.conversions) : '…',
      'sales of the data, each counted once; no model changes their number',
    ],
    [
      `total value${unit && `, ${unit}`}`,
      summary ? formatCount(summary.value / 1e6) : '…',
      'the values of all those sales, added up exactly and rounded for reading',
    ],
  ];
  return (
    <dl class="totals">
      {figures.map(([label, figure, how]) => (
        <div key={label}>
          <dt>
            <Why name={label} how={how} />
          </dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
};

interface Props {
  title: string;
  /** What to see here, in a sentence or two. */
  lead: string;
  /** Whether the screen is about the data at hand. */
  ownData?: boolean;
  children: ComponentChildren;
}

export const Frame = ({ title, lead, ownData = true, children }: Props) => (
  <main>
    <div class="intro">
      <div>
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {ownData && <SourceLine />}
      </div>
      {ownData && <Totals data={loaded.value} />}
    </div>
    <Problem />
    <LoadProgress />
    <MappingForm />
    {children}
  </main>
);
