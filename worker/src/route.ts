/** What a route file exports. */
import type * as v from 'valibot';
import type { Context } from './context.ts';

export interface RouteRequest {
  context: Context;
  request: Request;
  url: URL;
  /** Path parameters, decoded. */
  params: Record<string, string>;
  /** Keeps work going after the response. */
  waitUntil: (work: Promise<unknown>) => void;
}

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  required?: boolean;
  description: string;
}

/** What /openapi.json says of a route. */
export interface RouteDoc {
  summary: string;
  /** Whether an API key is needed. */
  key?: boolean;
  parameters?: Parameter[];
  /** Schema of the JSON body. */
  body?: v.GenericSchema;
  /** What the answer holds, in words. */
  answer: string;
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  /** A path, or the paths that a configuration gives this route. */
  path: string | ((context: Context) => string[]);
  /** Absent for a route that is no part of the documented interface. */
  doc?: RouteDoc;
  handle(request: RouteRequest): Response | Promise<Response>;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
