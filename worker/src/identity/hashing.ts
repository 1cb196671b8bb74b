/**
 * Personal fields become SHA-256 digests here, at the door; their raw values
 * go no further. Platforms normalise differently, so the digests are made by
 * variant; `plain` is the common ground and the one that identifies persons.
 */
import { sha256Hex } from '../hex.ts';
import type { UserField } from '../schema/event.ts';
import { UNHASHED, type UserInput, VARIANTS, type Variant, type VariantName } from './variants.ts';

/** Hex digests by field. */
export type HashedUser = Partial<Record<UserField, string>>;

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
  const rules: Variant = VARIANTS[variant];
  const unhashed = UNHASHED[variant];
  for (const [field, normalise] of Object.entries(rules) as [UserField, Variant[UserField]][]) {
    const raw = user[field]?.trim();
    if (!raw) continue;
    if (DIGEST.test(raw)) {
      if (!unhashed?.has(field)) hashed[field] = raw.toLowerCase();
      continue;
    }
    const normal = normalise?.(raw, user);
    if (normal) hashed[field] = unhashed?.has(field) ? normal : await sha256Hex(normal);
  }
  return hashed;
}
