/** What the made-up shop pays for its channels: made up, too, by week from the first day of 2026. */

/** USD a week; the shop's journeys run for half a year. */
const weekly: [channel: string, campaign: string, cost: number][] = [
  ['Paid Search', 'generic', 110],
  ['Paid Search', 'brand', 33],
  ['Paid Social', 'prospecting', 159],
  ['Paid Shopping', 'all products', 50],
  ['Display', 'reach', 77],
  ['Paid Video', 'brand film', 46],
  ['Affiliates', 'vouchers', 39],
  ['Email', 'weekly', 54],
];
const WEEKS = 27;

export const sampleSpend = (): string => {
  const rows = ['date,channel,campaign,cost,currency'];
  for (let week = 0; week < WEEKS; week++) {
    const date = new Date(Date.UTC(2026, 0, 1 + 7 * week)).toISOString().slice(0, 10);
    for (const [channel, campaign, cost] of weekly) {
      // Nobody spends the same each week.
      const swing = 1 + (((week * 7 + cost) % 5) - 2) / 20;
      rows.push(`${date},${channel},${campaign},${(cost * swing).toFixed(2)},USD`);
    }
  }
  return `${rows.join('\n')}\n`;
};
