/** Which site of the worker is shown, and the way out. */
import { rememberSite, signOut, sites } from '../access.ts';
import { loaded, open } from '../state.ts';

export const SiteSwitch = () => {
  if (sites.value.length === 0) return null;
  const source = loaded.value?.source;
  const shown = source?.kind === 'site' ? source.site : '';
  return (
    <p class="site-switch">
      <label>
        <span class="visually-hidden">Site</span>
        <select
          value={shown}
          onChange={({ currentTarget: { value } }) => {
            rememberSite(value);
            open({ kind: 'site', site: value });
          }}
        >
          {shown === '' && <option value="">Choose a site</option>}
          {sites.value.map((site) => (
            <option key={site} value={site}>
              {site}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          void signOut().then(() => open({ kind: 'sample' }));
        }}
      >
        Sign out
      </button>
    </p>
  );
};
