/**
 * A bar for one share of the whole. A pale end shows how far the most generous model would take
 * it, a notch where the least generous one would end it.
 */

interface Props {
  /** Of the largest share shown, 0 … 1: bars of one table share a scale. */
  share: number;
  low: number;
  high: number;
  colour: string;
}

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;

export const ShareBar = ({ share, low, high, colour }: Props) => (
  <span class="share-bar" aria-hidden="true">
    <span
      class="share-range"
      style={{ left: percent(low), width: percent(high - low), background: colour }}
    />
    <span class="share-fill" style={{ width: percent(share), background: colour }} />
    <span class="share-low" style={{ left: percent(low) }} />
  </span>
);
