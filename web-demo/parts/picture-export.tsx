/** A picture of the page as a file of its own: SVG with its colours written in, or PNG of it. */
import type { RefObject } from 'preact';
import { saveBlob } from './download.tsx';

const written = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap'],
  ...['stroke-linejoin', 'stroke-opacity', 'opacity', 'font-family', 'font-size', 'font-weight'],
  ...['text-anchor', 'paint-order', 'vector-effect'],
];
/** What belongs to the page, not to the picture. */
const dropped = ['class', 'style', 'tabindex', 'role', 'aria-label', 'aria-pressed', 'data-node'];

const NS = 'http://www.w3.org/2000/svg';
/** Room around the picture, in its own units. */
const MARGIN = 16;

/** Styles stand in attributes: the file must look the same without this page's sheets. */
const inlined = (svg: SVGSVGElement): { text: string; width: number; height: number } => {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll<SVGElement>('*')]);
  for (const [i, element] of to!.entries()) {
    const style = getComputedStyle(from![i]!);
    for (const name of dropped) element.removeAttribute(name);
    if (element.localName === 'title') continue;
    for (const name of written) {
      const value = style.getPropertyValue(name);
      if (value) element.setAttribute(name, value);
    }
  }
  const [w, h] = [width + 2 * MARGIN, height + 2 * MARGIN];
  copy.setAttribute('xmlns', NS);
  copy.setAttribute('width', String(w));
  copy.setAttribute('height', String(h));
  copy.setAttribute('viewBox', `${x - MARGIN} ${y - MARGIN} ${w} ${h}`);
  const ground = document.createElementNS(NS, 'rect');
  for (const [name, value] of [
    ['x', x - MARGIN],
    ['y', y - MARGIN],
    ['width', w],
    ['height', h],
    ['fill', getComputedStyle(svg.closest('.panel') ?? document.body).backgroundColor],
  ] as const)
    ground.setAttribute(name, String(value));
  copy.prepend(ground);
  return { text: new XMLSerializer().serializeToString(copy), width: w, height: h };
};

const saveSvg = (svg: SVGSVGElement, name: string): void =>
  saveBlob(`${name}.svg`, new Blob([inlined(svg).text], { type: 'image/svg+xml' }));

const savePng = async (svg: SVGSVGElement, name: string): Promise<void> => {
  const { text, width, height } = inlined(svg);
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    // Twice as fine, so that it is sharp in a document.
    canvas.width = width * 2;
    canvas.height = height * 2;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/png');
    });
    if (blob) saveBlob(`${name}.png`, blob);
  } finally {
    URL.revokeObjectURL(url);
  }
};

interface Props {
  picture: RefObject<SVGSVGElement | null>;
  /** Of the file, without its ending. */
  name: string;
}

export const PictureExport = ({ picture, name }: Props) => (
  <>
    <button
      type="button"
      class="button"
      aria-label="Save the picture as SVG"
      onClick={() => picture.current && saveSvg(picture.current, name)}
    >
      SVG
    </button>
    <button
      type="button"
      class="button"
      aria-label="Save the picture as PNG"
      onClick={() => picture.current && void savePng(picture.current, name)}
    >
      PNG
    </button>
  </>
);
