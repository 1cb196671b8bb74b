/** `GET /openapi.json`, made from the routes and their schemas. */
import type { Context } from './context.ts';
import { PROBLEMS } from './problem.ts';
import { json, type Route, type RouteDoc } from './route.ts';
import { toJsonSchema } from './schema/json_schema.ts';

export function openapi(context: Context, routes: readonly Route[]): Route {
  const doc: RouteDoc = { summary: 'This description', answer: 'an OpenAPI 3.1 document' };
  const self: Route = { method: 'GET', path: '/openapi.json', doc, handle: () => json(describe()) };
  const describe = () => ({
    openapi: '3.1.0',
    info: {
      title: 'Headwater',
      version: context.engine.core.version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: pathsOf(context, [...routes, self]),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            code: { type: 'string', enum: Object.keys(PROBLEMS) },
          },
        },
      },
    },
  });
  return self;
}

function pathsOf(context: Context, routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    if (route.doc === undefined) continue;
    for (const path of typeof route.path === 'string' ? [route.path] : route.path(context)) {
      const template = path.replace(/:([a-z_]+)/g, '{$1}');
      paths[template] = {
        ...paths[template],
        [route.method.toLowerCase()]: operation(route.doc, route.method),
      };
    }
  }
  return paths;
}

function operation(doc: RouteDoc, method: Route['method']): Record<string, unknown> {
  return {
    summary: doc.summary,
    ...(doc.key && { security: [{ key: [] }] }),
    ...(doc.parameters && {
      parameters: doc.parameters.map((parameter) => ({
        ...parameter,
        schema: { type: 'string' },
      })),
    }),
    ...(doc.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: toJsonSchema(doc.body) } },
      },
    }),
    responses: {
      [method === 'POST' ? '202' : '200']: { description: doc.answer },
      default: {
        description: 'A problem',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}
