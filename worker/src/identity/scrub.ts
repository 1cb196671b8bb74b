/**
 * Takes personal data out of free text and URLs before they are stored:
 * addresses that someone put in a query string are not ours to keep.
 */

const HIDDEN = '(redacted)';

/** Every repetition is bounded, so hostile text costs linear time. */
const EMAIL =
  /[\p{L}\p{N}.!$'*+_`{|}~%-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;

const PERSONAL_NAME =
  '(?:user_?|customer_?|billing_?)?(?:e-?mail(?:_?address)?|phone(?:_?number)?|tel|telephone|mobile|first_?name|last_?name|full_?name|fname|lname|surname)';
const PERSONAL_PARAMETER = new RegExp(`([?&]${PERSONAL_NAME}=)[^&]*`, 'gi');
const PERSONAL_FIELD = new RegExp(`^${PERSONAL_NAME}$`, 'i');

/** Text with every e-mail address replaced. */
export function scrubText(text: string): string {
  return text.includes('@') ? text.replace(EMAIL, HIDDEN) : text;
}

/** A URL without fragment, user info, e-mail addresses and personal parameters. */
export function scrubUrl(url: string): string {
  const hash = url.indexOf('#');
  let clean = hash < 0 ? url : url.slice(0, hash);
  if (clean.includes('@'))
    clean = clean.replace(/^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?@]{0,512}@/i, '$1');
  if (clean.includes('?')) clean = clean.replace(PERSONAL_PARAMETER, `$1${HIDDEN}`);
  return clean.includes('@') || clean.includes('%40') ? clean.replace(EMAIL, HIDDEN) : clean;
}

type Scalar = string | number | boolean | null;

/** A flat map without personal fields and without e-mail addresses in its texts. */
export function scrubMap<T extends Scalar>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map)
      .filter(([name]) => !PERSONAL_FIELD.test(name))
      .map(([name, value]) => [
        scrubText(name),
        typeof value === 'string' ? (scrubText(value) as T) : value,
      ]),
  );
}

/** An id as it is, unless it is made of an e-mail address: then `substitute`. */
export function scrubId(id: string, substitute: string): string {
  return id.includes('@') || id.includes('%40') ? substitute : id;
}
