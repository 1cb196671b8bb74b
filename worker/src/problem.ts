/**
 * Every code that the worker may answer with, in one place: problems of a
 * whole request (RFC 9457) and outcomes of a single event. Codes are stable;
 * texts may improve.
 */

interface ProblemKind {
  status: number;
  title: string;
}

/** Problems of a request: code to HTTP status and title. */
export const PROBLEMS = {
  empty_body: { status: 400, title: 'The body is empty' },
  incomplete_body: { status: 400, title: 'The body did not arrive whole' },
  bad_encoding: { status: 400, title: 'The body is not valid UTF-8' },
  not_json: { status: 400, title: 'The body is not JSON' },
  invalid_body: { status: 400, title: 'The body does not have the expected shape' },
  invalid_csv: { status: 400, title: 'The file cannot be read' },
  invalid_query: { status: 400, title: 'A query parameter is missing or wrong' },
  model_unknown: { status: 400, title: 'No such attribution model' },
  model_unavailable: { status: 400, title: 'The model cannot be reported' },
  key_missing: { status: 401, title: 'An API key is needed' },
  key_wrong: { status: 403, title: 'The API key is not valid for this site' },
  key_scope: { status: 403, title: 'The API key may not do this' },
  redirect_forbidden: { status: 403, title: 'The redirect leads to an unknown host' },
  origin_forbidden: { status: 403, title: 'The origin is not allowed' },
  not_found: { status: 404, title: 'Nothing here' },
  unknown_site: { status: 404, title: 'No such site' },
  unknown_person: { status: 404, title: 'No such person' },
  unknown_order: { status: 404, title: 'No such order' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not accepted' },
  unsupported_encoding: { status: 415, title: 'The content encoding is not accepted' },
  rate_limited: { status: 429, title: 'Too many requests from one network' },
  busy: { status: 429, title: 'Too many requests at this moment' },
  internal: { status: 500, title: 'Something went wrong here' },
  config_invalid: { status: 500, title: 'The configuration is not valid' },
  unavailable: { status: 503, title: 'The store did not answer' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/**
 * Outcomes of one event. `accepted` and the duplicates are durable answers;
 * all others are refusals and stand in the answer's `refused` list.
 */
export const OUTCOMES = {
  accepted: 'stored and counted',
  duplicate: 'this event was already stored',
  duplicate_order: 'a new event for an order that is already counted',
  invalid_event: 'a field is missing or wrong',
  future: 'occurred_at is more than 5 minutes ahead',
  late: 'occurred_at is older than the retention of the site',
  full: 'this person has as many events as the store keeps',
  no_consent: 'analytics consent is denied; only this count is kept',
  refund_clamped: 'a refund of more than was left of its order: cut to that',
  refund_waiting: 'a refund whose order has not come yet: kept until it does',
  rate_missing: 'stored but not counted: the configuration has no rate for its currency',
  value_too_large: "the value is beyond 10^9 units of the site's currency",
  bot: 'sent by a known crawler; only this count is kept',
  prefetch: 'fetched ahead of time, seen by nobody; only this count is kept',
  own_traffic: "sent from the site's own network; only this count is kept",
  data_centre:
    'sent from a data centre, by the header of the configuration; only this count is kept',
  core_error: 'the core could not process this event',
} as const satisfies Record<string, string>;

export type OutcomeCode = keyof typeof OUTCOMES;

/** Thrown anywhere in a route; the router turns it into the response. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;

  /**
   * @param detail what was wrong, where, and how to mend it; shown to the caller
   * @param headers extra response headers, such as Retry-After
   */
  constructor(code: ProblemCode, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.headers = headers;
  }

  /** The store takes no more now. */
  static busy(): Problem {
    return new Problem('busy', 'The store is taking all it can; send the same events again.', {
      'retry-after': '1',
    });
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toResponse(): Response {
    const { status, title } = PROBLEMS[this.code];
    const body = {
      type: `urn:headwater:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      code: this.code,
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...this.headers,
      },
    });
  }
}
