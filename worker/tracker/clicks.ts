/** Links that lead away, forms, and whatever carries `data-hw-event`. */
import { domains, type Fields, redirect, safely, site } from './page.ts';
import { track } from './queue.ts';

const OWN = ['value', 'currency', 'order_id', 'search_term'];

/** data-hw-event="add_to_cart" data-hw-value="9.50" data-hw-sku="A1": known fields, and props. */
const marked = (element: HTMLElement, more: Fields = {}): void => {
  const fields: Fields = {};
  const props: Fields = {};
  for (const { name, value } of element.attributes) {
    const key = /^data-hw-(.+)/.exec(name)?.[1];
    if (key && key !== 'event') (OWN.includes(key) ? fields : props)[key] = value;
  }
  track(element.dataset.hwEvent ?? 'lead', { ...fields, ...more, props });
};

const click = safely(({ target }: Event) => {
  if (!(target instanceof Element)) return;
  const element = target.closest<HTMLElement>('[data-hw-event]:not(form)');
  if (element) marked(element);
  const link = target.closest<HTMLAnchorElement>('a[href]');
  const { protocol, host, pathname, href } = link ?? location;
  // Of an address or a number only that it was pressed.
  if (/^(mailto|tel):/.test(protocol)) track('contact_click', { props: { link: protocol } });
  else if (/^http/.test(protocol) && host !== location.host) {
    track('outbound_click', { props: { link: `${protocol}//${host}${pathname}` } });
    // To another domain of the site by way of the server, which hands the visitor over.
    if (link && domains.includes(host))
      link.href = `${redirect}?site=${site}&to=${encodeURIComponent(href)}`;
  }
});

/** A form that asks for an address, a number or a message is a lead; its values stay in it, but for
 * inputs that `data-hw-field` maps to a field of the user. */
const submit = safely(({ target }: Event) => {
  const form = target as HTMLFormElement;
  if (
    !form.dataset.hwEvent &&
    !form.querySelector('[type=email],[type=tel],textarea,[data-hw-field]')
  )
    return;
  if (form.querySelector('[type=password]') && !form.dataset.hwEvent) return;
  const user: Fields = {};
  for (const input of form.querySelectorAll<HTMLInputElement>('[data-hw-field]'))
    if (input.value) user[input.dataset.hwField ?? ''] = input.value;
  marked(form, { user });
});

export const clicks = (): void => {
  addEventListener('click', click, true);
  addEventListener('auxclick', click, true);
  addEventListener('submit', submit, true);
};
