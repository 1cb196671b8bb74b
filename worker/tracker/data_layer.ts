/** Purchases and consent that the page already tells to Google's tag. */
import { googleConsent } from './consent.ts';
import { type Fields, safely } from './page.ts';
import { track } from './queue.ts';

interface Item {
  item_id?: string;
  item_name?: string;
  price?: number;
  quantity?: number;
}

/** Either {event, ecommerce} or the arguments of gtag(). */
type Entry = { event?: string; ecommerce?: Fields; 0?: string; 1?: string; 2?: Fields };

const read = safely((entry: Entry): void => {
  if (entry[0] === 'consent') googleConsent(entry[2] ?? {});
  const sale = entry[0] === 'event' && entry[1] === 'purchase' ? entry[2] : entry.ecommerce;
  if (!sale || (entry[0] !== 'event' && entry.event !== 'purchase')) return;
  const { transaction_id, value, currency, items } = sale;
  track('purchase', {
    order_id: transaction_id,
    value,
    currency,
    items: (items as Item[] | undefined)?.map(({ item_id, item_name, price, quantity }) => ({
      id: item_id,
      name: item_name,
      price,
      quantity,
    })),
  });
});

export const dataLayer = (): void => {
  const holder = window as unknown as { dataLayer?: Entry[] };
  holder.dataLayer ??= [];
  const layer = holder.dataLayer;
  const push = layer.push;
  layer.push = (...entries) => {
    entries.forEach(read);
    return push.apply(layer, entries);
  };
  layer.forEach(read);
};
