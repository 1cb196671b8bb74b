/** Channel marks can be told apart: enough contrast, and by colour-blind eyes where shapes agree. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type ChannelLook, looksOf } from '../../web-demo/channels.ts';
import { root } from './support/static-server.ts';

type Vector = [number, number, number];

const css = await readFile(path.join(root, 'web-demo/style/tokens.css'), 'utf8');

/** [day, night] of a custom property. */
const colour = (name: string): [string, string] => {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  assert.ok(found?.[1] && found[2], `tokens.css has no --${name}`);
  return [found[1], found[2]];
};

const linear = (hex: string): Vector => {
  const channel = (from: number): number => {
    const c = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};

const contrast = (a: string, b: string): number => {
  const luminance = (hex: string): number => {
    const [r, g, bl] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

/** How eyes see: Machado, Oliveira and Fernandes 2009, full severity, linear RGB. */
const eyes: Record<string, [Vector, Vector, Vector]> = {
  typical: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** OKLab of linear RGB. */
const lab = (rgb: Vector): Vector => {
  const [r, g, b] = rgb.map((c) => Math.max(0, Math.min(1, c))) as Vector;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};

const distance = (a: string, b: string, eye: [Vector, Vector, Vector]): number => {
  const seen = ([x, y, z]: Vector): Vector =>
    lab(eye.map((row) => row[0] * x + row[1] * y + row[2] * z) as Vector);
  const [p, q] = [seen(linear(a)), seen(linear(b))];
  return 100 * Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
};

const standard = [
  'Direct',
  'Cross-network',
  'Paid Shopping',
  'Paid Search',
  'Paid Social',
  'Paid Video',
  'Display',
  'Paid Other',
  'Organic Shopping',
  'Organic Social',
  'Organic Video',
  'Organic Search',
  'Email',
  'Newsletter',
  'Affiliates',
  'Referral',
  'Audio',
  'SMS',
  'Mobile Push Notifications',
  'AI Assistant',
  'Unassigned',
];
const unknown = Array.from({ length: 12 }, (_, i) => `channel ${i}`);

const themes = ['day', 'night'] as const;

for (const [theme, themeName] of themes.entries()) {
  test(`${themeName}: every channel has 3:1 against page and panel, text 4.5:1`, () => {
    const grounds = [colour('page')[theme]!, colour('panel')[theme]!];
    const looks = looksOf([...standard, ...unknown]);
    for (const { hue } of looks)
      for (const ground of grounds)
        assert.ok(contrast(colour(`channel-${hue}`)[theme]!, ground) >= 3, `${hue} on ${ground}`);
    for (const name of ['ink', 'ink-soft', 'accent', 'bad'])
      for (const ground of [...grounds, colour('raised')[theme]!])
        assert.ok(contrast(colour(name)[theme]!, ground) >= 4.5, `${name} on ${ground}`);
  });

  for (const [eyeName, eye] of Object.entries(eyes))
    test(`${themeName}, ${eyeName}: channels of one shape differ in colour`, () => {
      for (const looks of [looksOf(standard), looksOf(unknown)]) {
        const pairs = looks.flatMap((a, i) =>
          looks
            .slice(i + 1)
            .filter((b) => b.shape === a.shape)
            .map((b): [ChannelLook, ChannelLook] => [a, b]),
        );
        assert.ok(pairs.length > 0);
        for (const [a, b] of pairs) {
          const apart = distance(
            colour(`channel-${a.hue}`)[theme]!,
            colour(`channel-${b.hue}`)[theme]!,
            eye,
          );
          // OKLab × 100; 2 is just noticeable side by side.
          assert.ok(apart >= 6, `${a.shape} ${a.hue} and ${b.hue}: ${apart.toFixed(1)}`);
        }
      }
    });
}
