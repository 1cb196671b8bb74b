/** A channel's mark. All shapes cover the area of a unit circle, so equal credit looks equal. */
import { type ChannelLook, colourOf, type Shape } from '../channels.ts';

const polygon = (corners: number, radius: number, turn: number): string => {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners;
    return `${(radius * Math.sin(angle)).toFixed(4)},${(-radius * Math.cos(angle)).toFixed(4)}`;
  });
  return `M${points.join('L')}Z`;
};

/** Side of one of the five squares of a plus with area π. */
const arm = Math.sqrt(Math.PI / 5);
const plus = ((): string => {
  const a = (arm / 2).toFixed(4);
  const b = (arm * 1.5).toFixed(4);
  return `M-${a},-${b}H${a}V-${a}H${b}V${a}H${a}V${b}H-${a}V${a}H-${b}V-${a}H-${a}Z`;
})();

export const shapePaths: Record<Shape, string> = {
  circle: 'M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z',
  diamond: polygon(4, Math.sqrt(Math.PI / 2), 0),
  square: polygon(4, Math.sqrt(Math.PI / 2), Math.PI / 4),
  triangle: polygon(3, Math.sqrt((4 * Math.PI) / (3 * Math.sqrt(3))), 0),
  hexagon: polygon(6, Math.sqrt((2 * Math.PI) / (3 * Math.sqrt(3))), Math.PI / 6),
  plus,
};

/** The mark beside a channel's name. */
export const KeyMark = ({ look }: { look: ChannelLook }) => (
  <svg class="key-mark" viewBox="-1.6 -1.6 3.2 3.2" aria-hidden="true">
    <path d={shapePaths[look.shape]} style={{ fill: colourOf(look) }} />
  </svg>
);
