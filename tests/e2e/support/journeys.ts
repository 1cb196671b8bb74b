/** Files of journeys as a worker writes them, for pages that have none. */
import type { JourneyView } from '../../../wasm/binding/types.ts';
import { binaryFile } from '../../../worker/src/report/journeys_binary.ts';

interface Person {
  touches: { at: number; channel: string }[];
  /** value: micros. */
  conversions: { at: number; action: string; value: number }[];
}

const none = { source: '', medium: '', campaign: '', term: '', content: '' };

const viewOf = ({ touches, conversions }: Person): JourneyView => ({
  touches: touches.map((touch) => ({
    ...none,
    ...touch,
    ...{ day: 0, id: '', interaction: 'click', counts: true },
  })),
  conversions: conversions.map((conversion) => ({
    ...conversion,
    ...{ day: 0, event: '', order: '', path: [], credits: {}, refunds: [] },
  })),
  keys: 0,
  dropped: 0,
});

/** The conversion `lead` is a lead. */
export const journeyFile = (persons: readonly Person[]): Buffer => {
  const file = binaryFile((action) => action === 'lead');
  return Buffer.concat([file.begin(), file.add(persons.map(viewOf)), file.end()]);
};
