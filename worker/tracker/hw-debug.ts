/** The overlay of `?hw_debug=1`: every event of the page and what the server said of it. */

interface Tracker {
  log: [id: string, event: Record<string, unknown>, outcome: string][];
  onLog(then: () => void): void;
}

const COLOURS: Record<string, string> = {
  accepted: '#0a7d3c',
  duplicate: '#8a6100',
  waiting: '#555',
};

const tracker = (window as unknown as { headwater: Tracker }).headwater;
const host = document.createElement('div');
const root = host.attachShadow({ mode: 'open' });
const panel = document.createElement('div');
panel.setAttribute('role', 'log');
panel.setAttribute('aria-label', 'Headwater events');
// Set by script, so that a page's content security policy does not stand in the way.
Object.assign(panel.style, {
  position: 'fixed',
  right: '12px',
  bottom: '12px',
  zIndex: '2147483647',
  width: 'min(420px, calc(100vw - 24px))',
  maxHeight: '50vh',
  overflow: 'auto',
  font: '12px/1.5 ui-monospace, monospace',
  color: '#111',
  background: '#fff',
  border: '1px solid #888',
  borderRadius: '6px',
  boxShadow: '0 4px 16px rgb(0 0 0 / 25%)',
  padding: '8px 10px',
});
root.append(panel);
document.documentElement.append(host);

const draw = (): void => {
  const title = document.createElement('div');
  title.style.fontWeight = '700';
  title.textContent = `Headwater: ${tracker.log.length} event${tracker.log.length === 1 ? '' : 's'}`;
  const rows = tracker.log.map(([id, event, outcome]) => {
    const row = document.createElement('details');
    const head = document.createElement('summary');
    const told = document.createElement('b');
    told.textContent = outcome;
    told.style.color = COLOURS[outcome] ?? '#b00020';
    head.append(`${String(event.name)} `, told);
    const body = document.createElement('pre');
    Object.assign(body.style, { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: '0' });
    body.textContent = JSON.stringify({ event_id: id, ...event }, null, 1);
    row.append(head, body);
    return row;
  });
  panel.replaceChildren(title, ...rows);
};
tracker.onLog(draw);
draw();
