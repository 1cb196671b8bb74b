/** What the customers of a touch log are worth, so far, by cohort and to come. Full module only. */
import { Reader, Writer } from './block.ts';
import type { Memory } from './memory.ts';

export interface CustomerOptions {
  /** Unix ms: what is later is not looked at; default: the newest row. */
  asOf?: number;
  /** A lead has so long to become a customer, default 30. */
  leadDays?: number;
  /** Days ahead to predict, default 365. */
  horizonDays?: number;
  /** Part of a sale that counts as worth, 0 to 1, six decimals; default 1: revenue. */
  margin?: number;
  /** By how much a month makes what is to come worth less, 0 to 1; default 0. */
  discount?: number;
  /** What winning these customers cost, micros. */
  spend?: number | null;
  /** To be named beside the figures. */
  currency?: string;
}

type Figures<Name extends string> = Record<Name, number | null>;

/** `ltv_month_0`, …: adds up by months since the first order; null after `as_of`. */
export type ByMonth = Record<`ltv_month_${number}`, number | null>;

/** As `hw ltv --format json` prints it: units, not micros; null: see `null_means`, by `kind.name`. */
export interface CustomerReport {
  meta: Record<string, string | number>;
  all: Figures<
    | 'persons'
    | 'customers'
    | 'conversion_rate'
    | 'orders'
    | 'negative_orders_left_out'
    | 'value'
    | 'aov'
    | 'orders_per_customer'
    | 'customers_who_came_again'
    | 'ltv'
    | 'spend'
    | 'cac'
    | 'ltv_to_cac'
    | 'payback_month'
    | 'leads'
    | 'cpl'
    | 'lead_to_customer'
    | 'open_leads'
    | 'leads_who_had_bought'
  >;
  /** Over cohorts that have lived through the month; absent where none has. */
  curve?: ByMonth;
  /** By month of the first order, `2026-01`; absent where nobody bought. */
  cohort?: Record<string, Figures<'customers' | 'orders' | 'value' | 'whole_months'> & ByMonth>;
  /** By month of the lead. */
  lead_cohort?: Record<
    string,
    Figures<'leads' | 'customers' | 'lead_to_customer' | 'open_leads'> & {
      state: 'mature' | 'immature';
    }
  >;
  /** BG/NBD, days. */
  purchases: Figures<'r' | 'alpha_days' | 'a' | 'b' | 'log_likelihood'> & { settled?: string };
  /** Gamma-Gamma. */
  worth: Figures<'p' | 'q' | 'gamma' | 'mean' | 'log_likelihood' | 'correlation'> & {
    settled?: string;
  };
  /** Sums over all customers. */
  predicted: Figures<'alive' | 'purchases' | 'value' | 'value_per_customer' | 'ltv' | 'ltv_to_cac'>;
  null_means: Record<string, string>;
}

export const readCustomers = (
  memory: Memory,
  address: number,
  {
    asOf = 0,
    leadDays = 30,
    horizonDays = 365,
    margin = 1,
    discount = 0,
    spend = null,
    currency = '',
  }: CustomerOptions,
): CustomerReport => {
  const w = new Writer().f64(asOf).u32(leadDays).u32(horizonDays);
  w.u32(Math.round(margin * 1e6))
    .u32(Math.round(discount * 1e6))
    .f64(spend ?? -1)
    .str(currency);
  const status = memory.full.hw_wasm_dataset_customers(address, memory.send(w.bytes()));
  return new Reader(memory.take(status)).json<CustomerReport>();
};
