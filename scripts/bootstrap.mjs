/**
 * Import this first in every script. It makes sure that the npm packages of the lock file are
 * there and that the script runs on the pinned Node; when `node` is another one, it starts the
 * script again on the pinned one and never returns. Works on Node 20 with nothing installed; so must
 * all that the scripts import without `await`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = path.join(root, 'node_modules/node/bin/node');

/** @param {string} file a JSON file; undefined when it cannot be read */
const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Names of the pinned packages that are missing or of another version. */
const missingPackages = () => {
  const pins = readJson(path.join(root, 'package.json')).devDependencies;
  return Object.keys(pins).filter(
    (name) =>
      readJson(path.join(root, 'node_modules', name, 'package.json'))?.version !== pins[name],
  );
};

const installPackages = () => {
  console.log('• npm packages: installing what package-lock.json pins (npm ci)');
  const { status, error } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) return;
  console.error(
    `\nnpm ci failed${error ? `: ${error.message}` : ''}. See its words above; mend that (network, npm in PATH?) and run the same command again.`,
  );
  process.exit(1);
};

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Node ${process.versions.node} is too old: Headwater needs Node 20 or newer to start its set-up.`,
  );
  process.exit(1);
}

if (missingPackages().length > 0) installPackages();

if (process.version !== `v${readJson(path.join(root, 'package.json')).devDependencies.node}`) {
  const env = {
    ...process.env,
    PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn(pinnedNode, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env,
  });
  // The terminal sends Ctrl-C to both; the child decides when to end.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  await new Promise(() => {
    child.on('error', (error) => {
      console.error(
        `Cannot start ${pinnedNode}: ${error.message}. Delete node_modules and run again.`,
      );
      process.exit(1);
    });
    child.on('exit', (code, signal) =>
      process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
