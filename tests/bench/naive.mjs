// The plain way to attribute a path file: split lines, sum first, last and linear credit and count
// order-1 transitions in objects. The yardstick of attribute.bench.ts.
import { readFileSync } from 'node:fs';

const lines = readFileSync(process.argv[2] ?? '', 'utf8').split('\n');
/** @type {Record<string, number>} */
const first = {};
/** @type {Record<string, number>} */
const last = {};
/** @type {Record<string, number>} */
const linear = {};
/** @type {Record<string, number>} */
const steps = {};
const add = (
  /** @type {Record<string, number>} */ to,
  /** @type {string} */ key,
  /** @type {number} */ n,
) => {
  to[key] = (to[key] ?? 0) + n;
};
for (const line of lines.slice(1)) {
  if (line === '') continue;
  const [path = '', conversions, , nulls] = line.split(',');
  const touches = path.split(' > ');
  const c = Number(conversions);
  const all = c + Number(nulls);
  add(first, touches[0] ?? '', c);
  add(last, touches.at(-1) ?? '', c);
  let from = '(start)';
  for (const touch of touches) {
    add(linear, touch, c / touches.length);
    add(steps, `${from}>${touch}`, all);
    from = touch;
  }
  add(steps, `${from}>(conversion)`, c);
}
console.log(JSON.stringify({ first, last, linear }));
