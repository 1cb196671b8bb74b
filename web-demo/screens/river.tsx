/** The first screen: journeys, a model, and what it says about the channels. */
import { signal } from '@preact/signals';
import { River } from '../charts/river.tsx';
import { RiverTable } from '../charts/river-table.tsx';
import { formatCount, formatShare } from '../format.ts';
import { modelText } from '../models.ts';
import { CreditTable, creditFigures, type Standing, standings } from '../parts/credit-table.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame, unitOf } from '../parts/frame.tsx';
import { ModelSwitch } from '../parts/model-switch.tsx';
import { dragging, type Loaded, loaded, model, type Result, result } from '../state.ts';

/** The picture in one sentence; screen readers hear it after each change. */
const Summary = ({
  rows,
  channels,
  chosen,
}: {
  rows: Standing[];
  channels: string[];
  chosen: string;
}) => {
  if (rows.length === 0) return null;
  const leader = rows.reduce((best, row) => (row.share > best.share ? row : best));
  const mover = rows.reduce((most, row) =>
    row.high - row.low > most.high - most.low ? row : most,
  );
  const of = (row: Standing) => channels[row.channel];
  return (
    <p class="summary" aria-live={dragging.value ? 'off' : 'polite'}>
      Under <strong>{modelText(chosen).name.toLowerCase()}</strong>, <strong>{of(leader)}</strong>{' '}
      leads with {formatShare(leader.share)} of the value.{' '}
      {mover.high - mover.low >= 0.001 && (
        <>
          The choice of model matters most to <strong>{of(mover)}</strong>: from{' '}
          {formatShare(mover.low)} to {formatShare(mover.high)}.
        </>
      )}
    </p>
  );
};

/** A closed table costs nothing while a slider is dragged. */
const tableOpen = signal(false);

const Picture = ({ data, shown }: { data: Loaded; shown: Result }) => {
  const { summary, looks } = data;
  const chosen = shown.settings.model;
  const rows = standings(summary, shown.credits, chosen);
  return (
    <>
      <Summary rows={rows} channels={summary.channels} chosen={chosen} />
      <div class="picture">
        <section class="panel" aria-labelledby="river-title">
          <h2 id="river-title">
            {shown.journeys.length} of {formatCount(summary.journeys)} journeys{' '}
            <span>the larger the mark, the more credit; a stream widens as credit joins it</span>
          </h2>
          {shown.journeys.length > 0 ? (
            <River
              journeys={shown.journeys}
              model={chosen}
              modelName={modelText(chosen).name}
              channels={summary.channels}
              looks={looks}
              live={dragging.value}
            />
          ) : (
            <p class="empty">
              No journey here ends in a conversion, so there is no credit to split.
            </p>
          )}
          <details
            onToggle={(event) => {
              tableOpen.value = event.currentTarget.open;
            }}
          >
            <summary>These journeys as a table</summary>
            {tableOpen.value && (
              <div class="scroll">
                <RiverTable journeys={shown.journeys} model={chosen} channels={summary.channels} />
              </div>
            )}
          </details>
        </section>
        <section class="panel beside">
          <CreditTable
            summary={summary}
            rows={rows}
            model={chosen}
            looks={looks}
            unit={unitOf(data)}
          />
          <Explain model={chosen} figures={creditFigures} />
        </section>
      </div>
    </>
  );
};

export const RiverScreen = () => (
  <Frame
    title="Where did the sale come from?"
    lead="Each line is one customer’s way to a purchase. A model splits the sale over the touches before it: change it and watch the credit move."
  >
    <ModelSwitch />
    {loaded.value && result.value ? (
      <Picture data={loaded.value} shown={result.value} />
    ) : (
      <p class="empty" data-model={model.value}>
        Reading the journeys…
      </p>
    )}
  </Frame>
);
