/** Where the journeys come from: the sample, a file dropped on the page, a running worker. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { csvRow } from '../csv.ts';
import { formatBytes, formatCount } from '../format.ts';
import { assign } from '../mapping.ts';
import { isSpend, openSpend } from '../spend.ts';
import { cancel, choose, type Loaded, loaded, nameOf, open, problem, progress } from '../state.ts';
import { Download } from './download.tsx';

const example = 'visitor,time,channel,conversion,value';

/** Journeys, or spend beside those that are shown. */
const takeFile = async (file: File): Promise<void> => {
  if (await isSpend(file).catch(() => false)) {
    openSpend(file);
    choose({ screen: 'money' });
  } else open({ kind: 'file', file });
};

/** The button that opens a file. */
export const FilePicker = () => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button primary" onClick={() => input.current?.click()}>
        Open a CSV
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept=".csv,.tsv,.txt,.ndjson,.jsonl,.gz,.hwj,text/csv"
        aria-label="CSV file of journeys"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void takeFile(file);
          // The same file, mended, can be chosen again.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
};

/** A file may be dropped anywhere on the page. */
export const DropTarget = () => {
  const over = useSignal(false);
  useEffect(() => {
    const listening = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', react: (event: DragEvent) => void): void =>
      addEventListener(type, react, { signal: listening.signal });
    on('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      over.value = true;
    });
    on('dragleave', (event) => {
      // Leaving the window, not merely an element in it.
      if (!event.relatedTarget) over.value = false;
    });
    on('drop', (event) => {
      over.value = false;
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void takeFile(file);
    });
    return () => listening.abort();
  }, [over]);
  return (
    <div class="drop" hidden={!over.value}>
      <p>
        Drop the file
        <small>It is read in this tab and goes nowhere else.</small>
      </p>
    </div>
  );
};

const isSample = (name: string): boolean => name === nameOf({ kind: 'sample' });

export const LoadProgress = () => {
  const now = progress.value;
  // The sample is there at once; the screen says that it reads it, and nothing has to make way.
  if (!now || isSample(now.name)) return null;
  return (
    <div class="notice" role="status">
      <p>
        Reading <strong>{now.name}</strong>: {formatBytes(now.bytes)}
        {now.total !== null && ` of ${formatBytes(now.total)}`}
      </p>
      <progress
        aria-label={`Reading ${now.name}`}
        max={now.total ?? undefined}
        value={now.total === null ? undefined : now.bytes}
      />
      <button type="button" class="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
};

/** What can be done about a file in place: other columns, or the bad rows left out. */
const WayOut = ({ now }: { now: NonNullable<typeof problem.value> }) => {
  const { source, code } = now;
  if (source?.kind !== 'file') return null;
  const { file, columns = {}, skipBad = false } = source;
  if (code === 'HW_E_HEADER')
    return (
      <button
        type="button"
        class="button"
        onClick={() => {
          problem.value = null;
          void assign(file, columns, skipBad);
        }}
      >
        Choose the columns
      </button>
    );
  if (now.line < 1 || skipBad) return null;
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        problem.value = null;
        open({ ...source, skipBad: true });
      }}
    >
      Leave out bad rows
    </button>
  );
};

/** Of a file of journeys, which nobody mends by hand. */
const blobFaults = new Set(['HW_E_VERSION', 'HW_E_CHECKSUM', 'HW_E_CORRUPT']);

export const Problem = () => {
  const now = problem.value;
  if (!now) return null;
  const where = [now.line > 0 && `line ${now.line}`, now.column > 0 && `column ${now.column}`];
  const place = where.filter(Boolean).join(', ');
  return (
    <div class="notice problem" role="alert">
      <div>
        <h2>
          {now.title}
          {place && <span class="place">{place}</span>}
        </h2>
        <p>{now.message}</p>
        {now.code.startsWith('HW_') && !blobFaults.has(now.code) && (
          <p class="note">
            A touch log has one row per touch and a header such as <code>{example}</code>; a list of
            paths has <code>path,total_conversions,total_conversion_value</code>. Mend the file and
            open it again.
            {loaded.value && ' What is on the screen has not changed.'}
          </p>
        )}
      </div>
      <WayOut now={now} />
      <button
        type="button"
        class="button"
        onClick={() => {
          problem.value = null;
        }}
      >
        Close
      </button>
    </div>
  );
};

/** Of a file: its columns, and the rows that were refused. */
const FileLinks = ({ data: { source, summary, hasColumns } }: { data: Loaded }) => {
  if (source.kind !== 'file') return null;
  const { file, columns, skipBad } = source;
  const listed = summary.bad.map(({ line, column, code, message }) =>
    csvRow([line, column, code, message]),
  );
  return (
    <>
      {summary.badRows > 0 && (
        <>
          <span>
            {formatCount(summary.badRows)} {summary.badRows === 1 ? 'row was' : 'rows were'} refused
            {summary.badRows > listed.length && `; the first ${listed.length} are listed`}
          </span>
          <Download
            name="headwater-rejected.csv"
            label="Save refused rows"
            text={() => ['line,column,code,reason', ...listed, ''].join('\n')}
          />
        </>
      )}
      {hasColumns && (
        <button type="button" class="link" onClick={() => void assign(file, columns, skipBad)}>
          Columns
        </button>
      )}
    </>
  );
};

/** Says whose journeys are shown, and offers the way back to the sample. */
export const SourceLine = () => {
  const now = loaded.value;
  // What comes first is the sample: its line stands from the start.
  const file = now?.source.kind === 'sample' ? null : now;
  const coming = !now && progress.value && !isSample(progress.value.name) ? progress.value : null;
  if (coming) {
    return (
      <p class="source-line">
        <span class="source-name">{coming.name}</span>
      </p>
    );
  }
  return (
    <p class="source-line">
      <span class="source-name">
        {file ? nameOf(file.source) : 'A made-up shop, ready to play with'}
      </span>
      {!file ? (
        <span>Drop a CSV of your own anywhere on this page.</span>
      ) : (
        <>
          <FileLinks data={file} />
          <button type="button" class="link" onClick={() => open({ kind: 'sample' })}>
            Back to the sample
          </button>
        </>
      )}
    </p>
  );
};
