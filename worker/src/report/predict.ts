/**
 * What customers may still bring: BG/NBD and Gamma-Gamma of the core, which only its full module has. It is
 * told customers by number, never by name.
 */

import type { CustomerReport } from '../../../wasm/binding/customers.ts';
import type { HeadwaterFull } from '../../../wasm/binding/full.ts';
import { formatMicros } from '../schema/money.ts';

/** More would not fit beside the journeys that an isolate holds. */
const MOST_ORDERS = 200_000;
/** Customers whose rows are handed over at one go. */
const BATCH = 2000;

type Figures = Omit<CustomerReport['predicted'], 'ltv_to_cac'>;
const UNKNOWN: Figures = {
  alive: null,
  purchases: null,
  value: null,
  value_per_customer: null,
  ltv: null,
};

export interface Prediction extends Figures {
  horizon_days: number;
  /** Of all time, up to now. */
  customers: number;
  purchases_model?: CustomerReport['purchases'];
  worth_model?: CustomerReport['worth'];
  /** By name of the figure. */
  null_means: Record<string, string>;
}

/**
 * @param core made for this question: its memory grows with the orders
 * @param histories orders of each customer: Unix ms, and micros
 * @param asOf Unix ms
 * @param most orders that are looked at
 */
export function predict(
  core: HeadwaterFull,
  histories: readonly (readonly (readonly [at: number, net: number])[])[],
  asOf: number,
  horizonDays: number,
  most = MOST_ORDERS,
): Prediction {
  const asked = { horizon_days: horizonDays, customers: histories.length };
  if (histories.reduce((sum, { length }) => sum + length, 0) > most) {
    const why = `more than ${most} orders: export the journeys and ask hw ltv`;
    const null_means = Object.fromEntries(Object.keys(UNKNOWN).map((name) => [name, why]));
    return { ...asked, ...UNKNOWN, null_means };
  }
  const data = core.dataset();
  const text = new TextEncoder();
  data.append(text.encode('visitor,time,channel,conversion,value\n'));
  for (let i = 0; i < histories.length; i += BATCH) {
    const rows = histories
      .slice(i, i + BATCH)
      .flatMap((orders, k) =>
        orders.map(([at, net]) => `${i + k},${at},,1,${formatMicros(net)}\n`),
      );
    data.append(text.encode(rows.join('')));
  }
  data.finish();
  const { predicted, purchases, worth, null_means } = data.customers({ asOf, horizonDays });
  const { ltv_to_cac: _, ...figures } = predicted;
  const own = Object.entries(null_means).flatMap(([name, why]) =>
    name.startsWith('predicted.') ? [[name.slice('predicted.'.length), why] as const] : [],
  );
  return {
    ...asked,
    ...figures,
    purchases_model: purchases,
    worth_model: worth,
    null_means: Object.fromEntries(own),
  };
}
