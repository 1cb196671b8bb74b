/**
 * Format, lint, types and generated files: fails on any difference.
 *
 *   node scripts/check.mjs [--fix]     --fix formats instead of complaining
 */
import './bootstrap.mjs';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { cmake } from './build.mjs';
import { root, run, runMain, ScriptError, say, seconds, tsc } from './lib/run.mjs';
import { tools } from './lib/tools.mjs';
import { setup } from './setup.mjs';

/** @param {string[]} patterns @returns {Promise<string[]>} files that git knows or would add */
const sources = async (patterns) => {
  const { output } = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    { quiet: true },
  );
  return output.split('\n').filter((file) => file && existsSync(path.join(root, file)));
};

/** @param {string} script @param {string[]} args */
const node = (script, args) => run(process.execPath, [script, ...args], { quiet: true });

/**
 * What must not stand in the tree: paths of one machine, names of package registries. Each is
 * written so that it does not find itself.
 */
const forbidden = [
  '(^|[^a-z.])/(wor[k]|hom[e]/[a-z]+|roo[t]|User[s]/[a-z]+)/',
  'registry\\.np[m]',
  '(artifactory|nexu[s])\\.',
];

/** @type {Record<string, (fix: boolean) => Promise<unknown>>} */
const checks = {
  'format and lint (biome)': (fix) =>
    node('node_modules/@biomejs/biome/bin/biome', [
      'check',
      '--error-on-warnings',
      ...(fix ? ['--write'] : []),
      '.',
    ]),
  'format of C (clang-format)': async (fix) => {
    const files = await sources(['*.c', '*.h']);
    const formatter = /** @type {string} */ (tools.clangFormat.find());
    const handwritten = files.filter((file) => !file.includes('.gen.'));
    if (handwritten.length === 0) return;
    const { status, output } = await run(
      formatter,
      [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...handwritten],
      { quiet: true, allowFailure: true },
    );
    if (status === 0) return;
    const places = new Set(output.match(/^[^:\n]+:\d+(?=:\d+: error)/gm));
    throw new ScriptError(`Not as .clang-format wants it:\n${[...places].join('\n') || output}`);
  },
  'types: Node': () => node(tsc, ['-p', 'tsconfig.json']),
  'types: worker': () => node(tsc, ['-p', 'tsconfig.worker.json']),
  'types: web app': () => node(tsc, ['-p', 'tsconfig.web.json']),
  'generated files': async () => {
    // The layout is told by a program of the build.
    await cmake('release', 'build/native');
    for (const script of ['wasm/scripts/gen-layout.mjs', 'core/data/gen.mjs'])
      if (existsSync(path.join(root, script))) await node(script, ['--check']);
  },
  'scripts load without packages': async () => {
    const esbuild = await import('esbuild');
    const entries = (await sources(['scripts/*.mjs'])).filter((file) => !file.includes('/lib/'));
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: 'unused',
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
      // bootstrap.mjs is imported for its effects, whatever package.json says of the package.
      ignoreAnnotations: true,
    });
    const seen = new Set(entries);
    const wrong = [];
    // A Set's iteration also visits what is added on the way.
    for (const file of seen)
      for (const { path: target, kind, external } of metafile.inputs[file]?.imports ?? []) {
        if (kind !== 'import-statement') continue;
        if (!external) seen.add(target);
        else if (!target.startsWith('node:')) wrong.push(`${file} imports ${target}`);
      }
    if (wrong.length > 0)
      throw new ScriptError(
        `Before the packages are installed these fail; use await import():\n${wrong.join('\n')}`,
      );
  },
  'lock file': async () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
    const folders = Object.keys(packages);
    const wrong = folders.flatMap((folder) => [
      ...(packages[folder].resolved ? [`${folder} records an address`] : []),
      // A registry that lacks another platform's build makes npm leave its entry out; then
      // `npm ci` refuses the file everywhere.
      ...Object.keys(packages[folder].optionalDependencies ?? {})
        .filter((name) => !folders.some((each) => each.endsWith(`node_modules/${name}`)))
        .map((name) => `${name}, which ${folder} may need, has no entry`),
    ]);
    if (wrong.length > 0) throw new ScriptError(`package-lock.json:\n${wrong.join('\n')}`);
  },
  'no names of one machine': async () => {
    const { status, output } = await run(
      'git',
      ['grep', '-nIE', '--untracked', forbidden.join('|'), '--', '.', ':!package-lock.json'],
      { quiet: true, allowFailure: true },
    );
    if (status === 0)
      throw new ScriptError(`These lines name a path or a registry of one machine:\n${output}`);
  },
};

await runMain(async () => {
  const { values } = parseArgs({ options: { fix: { type: 'boolean', default: false } } });
  await setup(['check', 'build']);
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const since = performance.now();
    try {
      await check(values.fix);
      say(`${name}: fine (${seconds(since)})`);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      failed++;
      console.error(`✗ ${name}\n${error.message}`);
    }
  }
  if (failed > 0)
    throw new ScriptError(
      `${failed} of ${Object.keys(checks).length} checks failed. Formatting is mended by: npm run format`,
    );
});
