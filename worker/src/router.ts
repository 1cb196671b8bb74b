/** Maps paths to routes, and everything thrown to a problem. */
import { Hono } from 'hono';
import { deliveries, replayDeliveries } from './api/deliveries.ts';
import { events } from './api/events.ts';
import { kpis } from './api/kpis.ts';
import { forgetPerson, showPerson } from './api/persons.ts';
import { beginSession, endSession, makeLink, showSession } from './api/session.ts';
import { trial } from './api/trial.ts';
import { asset } from './assets.ts';
import { beacon, beaconPreflight } from './collect/beacon.ts';
import { discardBody } from './collect/body.ts';
import { classify } from './collect/explain.ts';
import { pixel } from './collect/pixel.ts';
import { redirect } from './collect/redirect.ts';
import { script, scriptOverlay } from './collect/script.ts';
import { ConfigError } from './config.ts';
import { type Context, contextOf } from './context.ts';
import type { Env } from './env.ts';
import { health } from './health.ts';
import { importConversions } from './import/conversions.ts';
import { openapi } from './openapi.ts';
import { Problem } from './problem.ts';
import { compare } from './report/compare.ts';
import { conversion } from './report/conversion.ts';
import { journeys } from './report/journeys.ts';
import { live } from './report/live.ts';
import { outcomes } from './report/outcomes.ts';
import { report } from './report/report.ts';
import { verify } from './report/verify.ts';
import type { Route } from './route.ts';
import { importSpend } from './spend/import.ts';

const ROUTES: readonly Route[] = [
  beacon,
  beaconPreflight,
  pixel,
  redirect,
  script,
  scriptOverlay,
  events,
  importConversions,
  importSpend,
  beginSession,
  makeLink,
  showSession,
  endSession,
  showPerson,
  forgetPerson,
  report,
  kpis,
  compare,
  conversion,
  journeys,
  outcomes,
  classify,
  live,
  deliveries,
  replayDeliveries,
  trial,
  verify,
  ...health,
];

type App = Hono<{ Bindings: Env }>;

/** One router per configuration, since sites choose some of the paths. */
const routers = new WeakMap<Context, App>();

export function handle(
  request: Request,
  env: Env,
  execution: ExecutionContext,
): Response | Promise<Response> {
  let context: Context;
  try {
    context = contextOf(env);
  } catch (error) {
    return toProblem(error).toResponse();
  }
  let app = routers.get(context);
  if (app === undefined) {
    app = build(context);
    routers.set(context, app);
  }
  return app.fetch(request, env, execution);
}

function build(context: Context): App {
  const app: App = new Hono<{ Bindings: Env }>();
  const methods = new Map<string, string[]>();
  for (const route of [...ROUTES, openapi(context, ROUTES)]) {
    for (const path of typeof route.path === 'string' ? [route.path] : route.path(context)) {
      methods.set(path, [...(methods.get(path) ?? []), route.method]);
      app.on(route.method, path, (c) =>
        route.handle({
          context,
          request: c.req.raw,
          url: new URL(c.req.raw.url),
          params: c.req.param() as Record<string, string>,
          waitUntil: (work) => c.executionCtx.waitUntil(work),
        }),
      );
    }
  }
  for (const [path, allowed] of methods) {
    const allow = allowed.includes('GET') ? ['HEAD', ...allowed] : allowed;
    app.all(path, (c) => {
      const detail = `${c.req.method} is not possible here; use ${allowed.join(' or ')}.`;
      throw new Problem('method_not_allowed', detail, { allow: allow.join(', ') });
    });
  }
  app.notFound((c) => asset(context, c.req.raw));
  app.onError(async (error, c) => {
    await discardBody(c.req.raw);
    return toProblem(error).toResponse();
  });
  return app;
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ConfigError) {
    console.error(error.message);
    return new Problem('config_invalid', 'The configuration is not valid; the log says where.');
  }
  const id = crypto.randomUUID();
  console.error(`error ${id}: ${error instanceof Error ? error.stack : String(error)}`);
  return new Problem('internal', `The log has the reason under ${id}.`);
}
