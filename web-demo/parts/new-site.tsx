/** A site of one's own, as an entry of the configuration. */
import { useSignal } from '@preact/signals';
import { originOf, secretOf, siteEntryOf } from '../snippets.ts';
import { CopyBox } from './copy.tsx';

/** As the configuration takes it. */
const isKey = (text: string): boolean => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(text);

const isCurrency = (text: string): boolean => Intl.supportedValuesOf('currency').includes(text);

interface FieldProps {
  label: string;
  value: string;
  /** What is wrong with it, if something is. */
  bad: string | undefined;
  onInput: (value: string) => void;
}

const Field = ({ label, value, bad, onInput }: FieldProps) => (
  <>
    <label class="address">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        aria-invalid={bad !== undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
    {bad !== undefined && <p class="bad">{bad}</p>}
  </>
);

export const NewSite = () => {
  const site = useSignal('boutique');
  const address = useSignal('https://www.example.com');
  const currency = useSignal('USD');
  const origin = originOf(address.value);
  const code = currency.value.trim().toUpperCase();
  const whole = isKey(site.value) && origin !== undefined && isCurrency(code);
  return (
    <details class="panel new-site">
      <summary>Another site</summary>
      <Field
        label="Short name of the site"
        value={site.value}
        bad={isKey(site.value) ? undefined : 'A name has a-z, 0-9, _ and -, and no capitals.'}
        onInput={(value) => {
          site.value = value;
        }}
      />
      <Field
        label="Address of its pages"
        value={address.value}
        bad={origin ? undefined : 'An address looks like https://www.example.com.'}
        onInput={(value) => {
          address.value = value;
        }}
      />
      <Field
        label="Currency of its reports"
        value={currency.value}
        bad={isCurrency(code) ? undefined : 'A currency is an ISO 4217 code such as EUR.'}
        onInput={(value) => {
          currency.value = value;
        }}
      />
      {whole && origin && (
        <>
          <p class="note">
            Add this under <code>sites</code> in headwater.config.json, give the worker a long
            random key as <code>{secretOf(site.value)}</code>, and start it again. A key is a
            secret, so no page can make it for you.
          </p>
          <CopyBox
            label="Entry of sites"
            text={siteEntryOf({
              site: site.value,
              origin,
              currency: code,
              timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            })}
          />
        </>
      )}
    </details>
  );
};
