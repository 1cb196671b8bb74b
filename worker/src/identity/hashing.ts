/**
 * Personal fields become SHA-256 digests here, at the door; their raw values
 * go no further. Platforms normalise differently, so the digests are kept by
 * variant; `plain` is the common ground and the one that identifies persons.
 */
import { sha256Hex } from '../hex.ts';
import type { UserField } from '../schema/event.ts';

export type UserInput = Partial<Record<UserField, string | null | undefined>>;

/** Hex digests by field. */
export type HashedUser = Partial<Record<UserField, string>>;

/** Returns the normal form of a raw value, or undefined if it is unusable. */
type Normalise = (raw: string) => string | undefined;
type Variant = Partial<Record<UserField, Normalise>>;

/** The variants that a site's destinations may need. */
export const VARIANTS = {
  plain: {
    email: normaliseEmail,
    phone: normalisePhone,
    first_name: normaliseText,
    last_name: normaliseText,
    city: normaliseText,
    state: normaliseText,
    zip: normaliseText,
    country: normaliseText,
    external_id: normaliseId,
  },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;

const DIGEST = /^[0-9a-f]{64}$/i;

/**
 * Digests of every usable field under one variant. A value that is already a
 * SHA-256 digest is kept, in lower case.
 */
export async function hashUser(
  user: UserInput,
  variant: VariantName = 'plain',
): Promise<HashedUser> {
  const hashed: HashedUser = {};
  for (const [field, normalise] of Object.entries(VARIANTS[variant]) as [UserField, Normalise][]) {
    const raw = user[field]?.trim();
    if (!raw) continue;
    if (DIGEST.test(raw)) {
      hashed[field] = raw.toLowerCase();
      continue;
    }
    const normal = normalise(raw);
    if (normal) hashed[field] = await sha256Hex(normal);
  }
  return hashed;
}

function normaliseEmail(raw: string): string | undefined {
  const email = raw.toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined;
}

/** Digits only, as with E.164 without the plus; a leading 00 is the plus. */
function normalisePhone(raw: string): string | undefined {
  const digits = raw.replace(/\D/g, '').replace(/^00/, '');
  return digits.length >= 5 && digits.length <= 20 ? digits : undefined;
}

function normaliseText(raw: string): string {
  return raw.toLowerCase();
}

/** A customer number is compared as it is. */
function normaliseId(raw: string): string {
  return raw;
}
