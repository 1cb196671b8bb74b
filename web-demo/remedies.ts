/** What there is to mend at a destination, in the words of who has to do it. */
import type { Destination } from './deliveries.ts';
import { formatCount, formatShare } from './format.ts';

export interface Remedy {
  what: string;
  how: string;
}

/** Below this share of matched events a platform finds few of the people. */
const FEW = 0.5;
/** Fewer events say nothing. */
const ENOUGH = 10;

const secretName = /^the secret (\w+) is not set/;

const ofStopped = (reason: string): Remedy => {
  const what = `Nothing is sent: ${reason}`;
  const [, secret] = secretName.exec(reason) ?? [];
  if (secret)
    return {
      what,
      how: `Set ${secret} in the worker’s environment (.dev.vars for npm start, wrangler secret put ${secret} on Cloudflare) and start it again.`,
    };
  if (/^40[13]|secret|service account|private_key/.test(reason))
    return {
      what,
      how: 'The platform refuses the access. Make a new token, put it into the variable that the destination names, and start the worker again. What waits is then sent.',
    };
  return {
    what,
    how: 'The platform does not know what is asked: check the destination’s ids, endpoint and api_version. It is asked again at least every hour.',
  };
};

/** Refusals that a site’s own events can avoid. */
const lacks = /^(no |neither |too little |the event has no )/;
const lacksRow = /has no (id|rule|tag) for "(.+)"/;

/** The most pressing first; none: all is well. */
export const remediesOf = (of: Destination): Remedy[] => {
  const { state, reason, counts, reasons, matched } = of;
  const list: Remedy[] = [];
  if (state === 'stopped') list.push(ofStopped(reason ?? 'the platform stopped it'));
  if (state === 'failing')
    list.push({
      what: `The platform does not answer as it should: ${reason ?? 'no reason given'}`,
      how: 'Nothing to do yet: it is tried again by itself, and nothing is given up before the platform’s own limit of age.',
    });
  const dead = counts.dead ?? 0;
  if (dead > 0)
    list.push({
      what: `${formatCount(dead)} given up${reasons[0] && reasons[0].status === 'dead' ? `, most often: ${reasons[0].reason}` : ''}`,
      how: 'Mend the cause, then replay them below; what is older than the platform takes stays.',
    });
  for (const { status, reason: why, count } of reasons) {
    if (status !== 'skipped') continue;
    const [, , conversion] = lacksRow.exec(why) ?? [];
    if (conversion)
      list.push({
        what: `${formatCount(count)} not sent: ${why}`,
        how: `Add ${conversion} to that field of the destination, or take it out of its conversions.`,
      });
    else if (lacks.test(why) && !/click in the journey$/.test(why))
      list.push({
        what: `${formatCount(count)} not sent: ${why}`,
        how: 'Send the customer’s e-mail with the order (it is hashed at the door), and keep click ids in the landing pages’ addresses.',
      });
  }
  if (matched.events >= ENOUGH && matched.identified / matched.events < FEW)
    list.push({
      what: `Only ${formatShare(matched.identified / matched.events)} of the events can be matched to a person`,
      how: 'Send user.email or user.phone with the order (hashed at the door), and tag forms with data-hw-field="email".',
    });
  return list;
};
