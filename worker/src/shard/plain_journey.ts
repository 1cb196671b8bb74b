/** A journey as it leaves the shard: what its conversions earned for whom is most of its bytes. */
import type { JourneyConversion, JourneyView } from '../../../wasm/binding/types.ts';

export interface PlainJourney extends Omit<JourneyView, 'conversions'> {
  conversions: Omit<JourneyConversion, 'path' | 'credits'>[];
}

/** What refunds took of an order, micros. */
export const refundedOf = ({ refunds }: Pick<JourneyConversion, 'refunds'>): number =>
  refunds.reduce((sum, [, , , taken]) => sum + taken, 0);

export const plainJourney = ({ conversions, ...journey }: JourneyView): PlainJourney => ({
  ...journey,
  conversions: conversions.map(({ path, credits, ...conversion }) => conversion),
});
