/**
 * Makes the machine ready: what is there is used, what is missing comes by apt, and it says so.
 * Silent and quick when nothing is missing.
 *
 *   node scripts/setup.mjs [build] [test] [check] [bench]     (default: build)
 */
import './bootstrap.mjs';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { bold, isMain, run, runMain, ScriptError, say } from './lib/run.mjs';
import { clangReleases, tools, which } from './lib/tools.mjs';

/** @typedef {'build' | 'test' | 'check' | 'bench'} Need */

/** @param {string[]} packages @returns {boolean} whether apt can install every one */
const aptHas = (packages) => {
  const { stdout } = spawnSync('apt-cache', ['policy', ...packages], { encoding: 'utf8' });
  const candidates = [...(stdout ?? '').matchAll(/^ {2}Candidate: (.*)$/gm)];
  return (
    candidates.length === packages.length && candidates.every(([, version]) => version !== '(none)')
  );
};

/**
 * The release that the project is tested with comes first, then newer and older ones.
 * @param {string[]} names with {clang} in them
 * @returns {string[]} packages that apt has, all of one release
 */
const forClang = (names) => {
  for (const release of [19, ...clangReleases]) {
    const packages = names.map((name) => name.replace('{clang}', String(release)));
    if (aptHas(packages)) return packages;
  }
  throw new ScriptError(
    `apt offers no clang of ${clangReleases.at(-1)} or newer with ${names.slice(1).join(', ')}.\n` +
      'Unpack wasi-sdk instead, set WASI_SDK_PREFIX to its folder, and run again.',
  );
};

/** @param {string} first what was tried */
const noApt = (/** @type {(typeof tools)[keyof typeof tools][]} */ missing, first) => {
  const list = missing.map((tool) => `  - ${tool.elsewhere} (${tool.why})`).join('\n');
  return new ScriptError(`${first}\nPlease:\n${list}\nand run the same command again.`);
};

/**
 * @param {Need[]} needs
 * @throws {ScriptError} that names what is missing and what to do
 */
export const setup = async (needs) => {
  const missing = Object.values(tools).filter(
    (tool) => needs.includes(/** @type {Need} */ (tool.need)) && !tool.find(),
  );
  if (missing.length === 0) return;
  if (!which('apt-get'))
    throw noApt(missing, 'Some tools are missing and this machine has no apt-get.');
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && !which('sudo'))
    throw noApt(missing, 'Some tools are missing; installing them needs root or sudo.');

  say(bold('Some tools are missing; asking apt for them.'));
  /** @param {string[]} args */
  const apt = (args) =>
    run(asRoot ? 'env' : 'sudo', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args], {
      quiet: asRoot,
    });
  try {
    await apt(['update']);
    const wanted = missing.map(({ packages, why }) => ({
      why,
      packages: packages.some((name) => name.includes('{clang}')) ? forClang(packages) : packages,
    }));
    for (const { packages, why } of wanted) say(`  installing ${packages.join(' ')}: ${why}`);
    const packages = new Set(wanted.flatMap((each) => each.packages));
    await apt(['install', '-y', '--no-install-recommends', ...packages]);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw noApt(missing, `${error.message}\napt could not install everything.`);
  }
  const still = missing.filter((tool) => !tool.find());
  if (still.length > 0) throw noApt(still, 'apt ran, yet these tools were not found after it.');
  say('Tools are ready.');
};

if (isMain(import.meta.url))
  await runMain(async () => {
    const needs = /** @type {Need[]} */ (process.argv.slice(2));
    const known = new Set(Object.values(tools).map((tool) => tool.need));
    const wrong = needs.find((need) => !known.has(need));
    if (wrong)
      throw new ScriptError(`Unknown need '${wrong}'; there are: ${[...known].join(', ')}.`);
    await setup(needs.length > 0 ? needs : ['build']);
  });
