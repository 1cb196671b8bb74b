/** What the shapes of the marks mean; drawn where the short journeys leave room. */
import type { Shape } from '../channels.ts';
import { shapePaths } from './mark.tsx';
import type { Row } from './timeline.ts';

/** Whether the lower left, where short journeys do not reach, is free. */
export const leavesRoom = (rows: Row[]): boolean =>
  rows.length > 20 && rows.slice(-9).every(({ touches }) => (touches[0]?.x ?? 1) > 0.34);

const shapeWords: [Shape, string][] = [
  ['circle', 'paid'],
  ['diamond', 'organic'],
  ['square', 'e-mail, messages'],
  ['triangle', 'referred'],
  ['plus', 'display, mixed'],
  ['hexagon', 'direct'],
];

export const ShapeKey = () => (
  <ul class="shape-key" aria-hidden="true">
    {shapeWords.map(([shape, words]) => (
      <li key={shape}>
        <svg viewBox="-1.6 -1.6 3.2 3.2" aria-hidden="true">
          <path d={shapePaths[shape]} />
        </svg>
        {words}
      </li>
    ))}
  </ul>
);
