/** The app's files, for every path that no route has. */
import type { Context } from './context.ts';
import { Problem } from './problem.ts';

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  gz: 'application/gzip',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** Plain names only: no hidden files, no climbing out. */
const PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** The policy of the page's own meta tag, and what only a header can say. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export async function asset({ env }: Context, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new Problem('not_found', 'There is no such route.');
  }
  const { pathname } = new URL(request.url);
  const path = pathname === '/' ? '/index.html' : pathname;
  if (!PATH.test(path) || env.ASSETS === undefined) throw missing(pathname);
  const found = await env.ASSETS.fetch(new Request(`http://assets${path}`));
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (!found.ok || type === undefined) {
    await found.body?.cancel();
    throw missing(pathname);
  }
  const headers = new Headers({
    'content-type': type,
    'cache-control': 'no-cache',
    ...SECURITY,
  });
  for (const name of ['content-length', 'etag', 'last-modified']) {
    const value = found.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.method === 'HEAD' ? null : found.body, { headers });
}

function missing(pathname: string): Problem {
  const hint = pathname === '/' ? ' The app is not built; run npm run build.' : '';
  return new Problem('not_found', `Nothing is at this path.${hint}`);
}
