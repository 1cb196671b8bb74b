/**
 * How a channel looks, everywhere in the app. The hue tells the medium, the shape tells how it
 * is paid for: circle paid, diamond organic, square owned (e-mail, messages), triangle referred,
 * hexagon direct or unknown. So no two channels differ by colour alone.
 */

export type Shape = 'circle' | 'diamond' | 'square' | 'triangle' | 'plus' | 'hexagon';

export interface ChannelLook {
  /** Names a custom property of style/tokens.css: `--channel-<hue>`. */
  hue: string;
  shape: Shape;
}

const known: Record<string, ChannelLook> = {
  'paid search': { hue: 'blue', shape: 'circle' },
  'paid social': { hue: 'magenta', shape: 'circle' },
  'paid shopping': { hue: 'gold', shape: 'circle' },
  'paid video': { hue: 'red', shape: 'circle' },
  'paid other': { hue: 'blue', shape: 'hexagon' },
  'cross-network': { hue: 'cyan', shape: 'plus' },
  display: { hue: 'violet', shape: 'plus' },
  audio: { hue: 'orange', shape: 'plus' },
  'organic search': { hue: 'cyan', shape: 'diamond' },
  'organic social': { hue: 'plum', shape: 'diamond' },
  'organic shopping': { hue: 'gold', shape: 'diamond' },
  'organic video': { hue: 'red', shape: 'diamond' },
  email: { hue: 'teal', shape: 'square' },
  newsletter: { hue: 'red', shape: 'square' },
  sms: { hue: 'orange', shape: 'square' },
  'mobile push notifications': { hue: 'violet', shape: 'square' },
  affiliates: { hue: 'orange', shape: 'triangle' },
  referral: { hue: 'teal', shape: 'triangle' },
  'ai assistant': { hue: 'violet', shape: 'triangle' },
  direct: { hue: 'slate', shape: 'hexagon' },
  '(organic)': { hue: 'green', shape: 'hexagon' },
  unassigned: { hue: 'olive', shape: 'hexagon' },
};

/** For names that are not in the table, by order of first appearance. */
const others: ChannelLook[] = [
  { hue: 'blue', shape: 'circle' },
  { hue: 'orange', shape: 'square' },
  { hue: 'teal', shape: 'triangle' },
  { hue: 'green', shape: 'diamond' },
  { hue: 'gold', shape: 'circle' },
  { hue: 'violet', shape: 'square' },
  { hue: 'red', shape: 'plus' },
  { hue: 'magenta', shape: 'diamond' },
  { hue: 'cyan', shape: 'plus' },
  { hue: 'plum', shape: 'triangle' },
  { hue: 'olive', shape: 'hexagon' },
  { hue: 'slate', shape: 'hexagon' },
];

/** One look a channel, in the order given; names beyond the palette share looks. */
export const looksOf = (channels: string[]): ChannelLook[] => {
  let next = 0;
  return channels.map((name) => known[name.toLowerCase()] ?? others[next++ % others.length]!);
};

/** Whether every shape on the screen means what the key says. */
export const areKnown = (channels: string[]): boolean =>
  channels.every((name) => known[name.toLowerCase()] !== undefined);

export const colourOf = (look: ChannelLook): string => `var(--channel-${look.hue})`;
