/**
 * How each platform wants a personal field written before it is hashed. Sources: Google's own
 * formatter (data-manager-node), Meta's Customer Information Parameters page, and the platforms'
 * pages named in docs/destinations.md. A platform that hashes differently gets a variant of its own.
 */
import type { UserField } from '../schema/event.ts';

export type UserInput = Partial<Record<UserField, string | null | undefined>>;

/**
 * The normal form of a value, undefined when it is unusable.
 *
 * @param raw without spaces around it, not empty
 * @param user the other fields: a state is a state of its country
 */
type Normalise = (raw: string, user: UserInput) => string | undefined;
export type Variant = Partial<Record<UserField, Normalise>>;

// ---- e-mail ----

/** Trimmed and lower-cased. */
const email: Normalise = (raw) => {
  const lower = raw.toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(lower) ? lower : undefined;
};

/** As `email`, of a host that has a dot. */
const publicEmail: Normalise = (raw, user) => {
  const normal = email(raw, user);
  return normal !== undefined && /@[^.@]+(?:\.[^.@]+)+$/.test(normal) ? normal : undefined;
};

/** Without any space, wherever it stands. */
const spacelessEmail: Normalise = (raw, user) => email(raw.replace(/\s+/g, ''), user);

/** Rewrites the part before the @ for some hosts. */
const local =
  (applies: (host: string) => boolean, rewrite: (name: string) => string): Normalise =>
  (raw, user) => {
    const normal = email(raw, user);
    if (normal === undefined) return undefined;
    const at = normal.indexOf('@');
    const host = normal.slice(at + 1);
    if (!applies(host)) return normal;
    const name = rewrite(normal.slice(0, at));
    return name === '' ? undefined : `${name}@${host}`;
  };

const isGmail = (host: string): boolean => host === 'gmail.com' || host === 'googlemail.com';
const withoutDots = (name: string): string => name.replaceAll('.', '');
const withoutTag = (name: string): string => name.replace(/\+.*$/, '');

// ---- phone ----

/** The most digits that anyone writes; E.164 has 15. */
const MOST_DIGITS = 20;

/** Digits as after the plus of E.164; 00 is the plus. The caller supplies the country code. */
function digits(raw: string): string | undefined {
  const all = raw.replace(/\D/g, '').replace(/^00/, '');
  return all.length >= 5 && all.length <= MOST_DIGITS ? all : undefined;
}

const phone: Normalise = (raw) => digits(raw);
const plusPhone: Normalise = (raw) => {
  const all = digits(raw);
  return all === undefined ? undefined : `+${all}`;
};
const phoneWithoutZeros: Normalise = (raw) => digits(raw)?.replace(/^0+/, '') || undefined;

// ---- names and places ----

const lower: Normalise = (raw) => raw.toLowerCase();

/** What stays of a text without the characters of a class, undefined when nothing does. */
const without =
  (unwanted: RegExp): Normalise =>
  (raw) =>
    raw.toLowerCase().replace(unwanted, '').trim() || undefined;

const noPunctuation = without(/[\p{P}\p{S}]/gu);
const noPunctuationNorSpaces = without(/[\p{P}\p{S}\s]/gu);
const lettersOnly = without(/[^\p{L}\p{M}\s]/gu);

const givenName: Normalise = (raw) =>
  raw
    .toLowerCase()
    .replace(/^(?:mr|mrs|ms|dr)\.(?:\s|$)/, '')
    .trim() || undefined;

const SUFFIX = /(?:,\s*|\s+)(?:jr\.?|sr\.?|2nd|3rd|ii|iii|iv|v|vi|cpa|dc|dds|vm|jd|md|phd)\s?$/;

const familyName: Normalise = (raw) => {
  let name = raw.toLowerCase();
  while (SUFFIX.test(name)) name = name.replace(SUFFIX, '');
  return name || undefined;
};

/** ISO 3166-1 alpha-2, upper case, of a code or an English name. */
const countryCode: Normalise = (raw) => {
  const code = raw.toUpperCase();
  if (/^[A-Z]{2}$/.test(code)) return code === 'UK' ? 'GB' : code;
  return OTHER_NAMES[code] ?? countryNames().get(code);
};
/** Only a code: Google's formatter takes no names. */
const regionCode: Normalise = (raw) => (/^[A-Za-z]{2}$/.test(raw) ? raw.toUpperCase() : undefined);
const lowerCountry: Normalise = (raw, user) => countryCode(raw, user)?.toLowerCase();

const OTHER_NAMES: Record<string, string> = {
  USA: 'US',
  'UNITED STATES OF AMERICA': 'US',
  'GREAT BRITAIN': 'GB',
};

let byName: Map<string, string> | undefined;

/** Made on first use: few events bring a name in place of a code. */
function countryNames(): Map<string, string> {
  if (byName !== undefined) return byName;
  byName = new Map();
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  for (let a = 65; a <= 90; a++) {
    for (let b = 65; b <= 90; b++) {
      const code = String.fromCharCode(a, b);
      const name = names.of(code)?.toUpperCase();
      // Former codes, such as DD, bear the name of what the country is now.
      const present = new Intl.Locale(`und-${code}`).region === code;
      if (name !== undefined && present) byName.set(name, code);
    }
  }
  return byName;
}

function isUs(user: UserInput): boolean {
  const country = user.country?.trim();
  return !country || countryCode(country, user) === 'US';
}

const US_STATES = new Map(
  `al:alabama ak:alaska az:arizona ar:arkansas ca:california co:colorado ct:connecticut
  de:delaware fl:florida ga:georgia hi:hawaii id:idaho il:illinois in:indiana ia:iowa ks:kansas
  ky:kentucky la:louisiana me:maine md:maryland ma:massachusetts mi:michigan mn:minnesota
  ms:mississippi mo:missouri mt:montana ne:nebraska nv:nevada nh:newhampshire nj:newjersey
  nm:newmexico ny:newyork nc:northcarolina nd:northdakota oh:ohio ok:oklahoma or:oregon
  pa:pennsylvania ri:rhodeisland sc:southcarolina sd:southdakota tn:tennessee tx:texas ut:utah
  vt:vermont va:virginia wa:washington wv:westvirginia wi:wisconsin wy:wyoming
  dc:districtofcolumbia`
    .split(/\s+/)
    .map((pair) => [pair.slice(3), pair.slice(0, 2)]),
);

/** A US state as its two letters, any other without spaces and punctuation. */
const state: Normalise = (raw, user) => {
  const plain = noPunctuationNorSpaces(raw, user);
  return plain !== undefined && isUs(user) ? (US_STATES.get(plain) ?? plain) : plain;
};

/** Lower case without spaces and dashes; of the United States the first five digits. */
const zip: Normalise = (raw, user) => {
  const plain = raw.toLowerCase().replace(/[\s-]/g, '');
  if (isUs(user) && /^\d{9}$/.test(plain)) return plain.slice(0, 5);
  return plain || undefined;
};

/** A customer number is compared as it is. */
const asIs: Normalise = (raw) => raw;

/** The variants that destinations may need. `plain` is the one that persons are known by. */
export const VARIANTS = {
  plain: {
    email,
    phone,
    first_name: lower,
    last_name: lower,
    city: lower,
    state: lower,
    zip: lower,
    country: lower,
    external_id: asIs,
  },
  meta: {
    email: publicEmail,
    phone: phoneWithoutZeros,
    first_name: noPunctuation,
    last_name: noPunctuation,
    city: noPunctuationNorSpaces,
    state,
    zip,
    country: lowerCountry,
    external_id: asIs,
  },
  google: {
    email: local(isGmail, (name) => withoutDots(withoutTag(name))),
    phone: plusPhone,
    first_name: givenName,
    last_name: familyName,
    zip: asIs,
    country: regionCode,
  },
  ga4: {
    email: local(isGmail, withoutDots),
    phone: plusPhone,
    first_name: lettersOnly,
    last_name: lettersOnly,
    external_id: asIs,
  },
  tiktok: {
    email,
    phone: plusPhone,
    first_name: noPunctuation,
    last_name: noPunctuation,
    zip,
    external_id: asIs,
  },
  pinterest: {
    email: spacelessEmail,
    phone: phoneWithoutZeros,
    first_name: lower,
    last_name: lower,
    city: noPunctuationNorSpaces,
    state,
    zip: (raw) => raw.replace(/\D/g, '') || undefined,
    country: lowerCountry,
    external_id: asIs,
  },
  snapchat: {
    email,
    phone: phoneWithoutZeros,
    first_name: lower,
    last_name: lower,
    city: noPunctuationNorSpaces,
    state,
    zip,
    country: lowerCountry,
    external_id: asIs,
  },
  /** Microsoft and Reddit: no dots and no tag, whatever the host. */
  canonical: {
    email: local(
      () => true,
      (name) => withoutDots(withoutTag(name)),
    ),
    phone: plusPhone,
    external_id: asIs,
  },
  x: { email, phone: plusPhone },
  linkedin: { email: spacelessEmail },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;

/** Fields that a platform takes as they are: no name, no address, no number. */
export const UNHASHED: Partial<Record<VariantName, ReadonlySet<UserField>>> = {
  google: new Set(['zip', 'country']),
};
