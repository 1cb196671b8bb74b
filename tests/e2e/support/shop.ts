/** A small shop on any number of origins of this machine, as pages that carry the tracker. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Shop extends AsyncDisposable {
  /** e.g. http://127.0.0.1:PORT; the same pages stand on http://localhost:PORT. */
  origin: string;
  port: number;
  /** Decides what comes behind the script tag of every page. */
  more: string;
  /** Served instead of the shop's pages, when set. */
  whole: string;
}

/** @param tracker address of hw.js */
const page = (title: string, tracker: string, attributes: string, more: string, pixel: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<script>window.headwater = window.headwater || function () { (headwater.q = headwater.q || []).push(arguments) };
window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) }</script>
<script async src="${tracker}" data-site="shop" ${attributes}></script>
<noscript><img src="${pixel}?site=shop" alt=""></noscript></head>
<body><h1>${title}</h1>
<a id="mail" href="mailto:someone@example.com">Mail</a> <a id="out" href="http://elsewhere.invalid/a?b=c">Out</a>
<button id="cart" data-hw-event="add_to_cart" data-hw-value="9.50" data-hw-sku="A1">Add</button>
<form id="contact" action="/thanks"><input type="email" name="e" data-hw-field="email" value="Ann@Example.com"><input name="secret" value="not to be told"><button>Send</button></form>
<form id="search" action="/find"><input name="q" value="shoes"><button>Find</button></form>
${more}</body></html>`;

export const openShop = async (
  tracker: () => string,
  attributes: () => string = () => '',
): Promise<Shop> => {
  const shop = { more: '', whole: '' };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const pixel = tracker().replace(/hw\.js$/, 'p.gif');
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(shop.whole || page(`Page ${pathname}`, tracker(), attributes(), shop.more, pixel));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(shop, {
    origin: `http://127.0.0.1:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};
