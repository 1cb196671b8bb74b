/** Neutral event names in the words of each platform that takes names; one row an event. */

interface Names {
  meta?: string;
  tiktok?: string;
  pinterest?: string;
  snapchat?: string;
  reddit?: string;
  ga4?: string;
}

const NAMES: Record<string, Names> = {
  page_view: {
    meta: 'PageView',
    tiktok: 'Pageview',
    pinterest: 'page_visit',
    snapchat: 'PAGE_VIEW',
    reddit: 'PAGE_VISIT',
    ga4: 'page_view',
  },
  view_content: {
    meta: 'ViewContent',
    tiktok: 'ViewContent',
    pinterest: 'view_content',
    snapchat: 'VIEW_CONTENT',
    reddit: 'VIEW_CONTENT',
    ga4: 'view_item',
  },
  view_category: { pinterest: 'view_category', snapchat: 'LIST_VIEW', ga4: 'view_item_list' },
  search: {
    meta: 'Search',
    tiktok: 'Search',
    pinterest: 'search',
    snapchat: 'SEARCH',
    reddit: 'SEARCH',
    ga4: 'search',
  },
  add_to_cart: {
    meta: 'AddToCart',
    tiktok: 'AddToCart',
    pinterest: 'add_to_cart',
    snapchat: 'ADD_CART',
    reddit: 'ADD_TO_CART',
    ga4: 'add_to_cart',
  },
  add_to_wishlist: {
    meta: 'AddToWishlist',
    tiktok: 'AddToWishlist',
    pinterest: 'add_to_wishlist',
    snapchat: 'ADD_TO_WISHLIST',
    reddit: 'ADD_TO_WISHLIST',
    ga4: 'add_to_wishlist',
  },
  begin_checkout: {
    meta: 'InitiateCheckout',
    tiktok: 'InitiateCheckout',
    pinterest: 'initiate_checkout',
    snapchat: 'START_CHECKOUT',
    ga4: 'begin_checkout',
  },
  add_payment_info: {
    meta: 'AddPaymentInfo',
    tiktok: 'AddPaymentInfo',
    pinterest: 'add_payment_info',
    snapchat: 'ADD_BILLING',
    ga4: 'add_payment_info',
  },
  purchase: {
    meta: 'Purchase',
    tiktok: 'Purchase',
    pinterest: 'checkout',
    snapchat: 'PURCHASE',
    reddit: 'PURCHASE',
    ga4: 'purchase',
  },
  lead: { meta: 'Lead', tiktok: 'Lead', pinterest: 'lead', reddit: 'LEAD', ga4: 'generate_lead' },
  sign_up: {
    meta: 'CompleteRegistration',
    tiktok: 'CompleteRegistration',
    pinterest: 'signup',
    snapchat: 'SIGN_UP',
    reddit: 'SIGN_UP',
    ga4: 'sign_up',
  },
  subscribe: {
    meta: 'Subscribe',
    tiktok: 'Subscribe',
    pinterest: 'subscribe',
    snapchat: 'SUBSCRIBE',
  },
  start_trial: { meta: 'StartTrial', tiktok: 'StartTrial', snapchat: 'START_TRIAL' },
  contact: { meta: 'Contact', tiktok: 'Contact' },
  schedule: { meta: 'Schedule', tiktok: 'Schedule', snapchat: 'RESERVE' },
};

/** The platform's word for a neutral name, undefined when it has none of its own. */
export function nameFor(platform: keyof Names, name: string): string | undefined {
  return Object.hasOwn(NAMES, name) ? NAMES[name]?.[platform] : undefined;
}
