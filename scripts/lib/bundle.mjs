/** Bundles for the hosts: the npm package, the edge worker, the web app. */
import { globSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { brotliCompressSync, gzip } from 'node:zlib';
import * as esbuild from 'esbuild';
import { root, run, say, tsc } from './run.mjs';
import { generateSample } from './sample.mjs';

const at = (/** @type {string[]} */ ...parts) => path.join(root, ...parts);

/** Every `*.wasm` import becomes `./name.wasm`, a file that lies beside the bundle. */
const wasmBeside = {
  name: 'wasm-beside',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path: file }) => ({
      path: `./${path.basename(file)}`,
      external: true,
    }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.sql': 'text', '.txt': 'text' },
  plugins: [wasmBeside],
};

/** dist/{index,edge}.{workerd,browser,node}.js and the type declarations. */
export const bundlePackage = async () => {
  for (const old of globSync('dist/shared-*.js', { cwd: root })) await rm(at(old));
  await esbuild.build({
    ...common,
    entryPoints: ['index', 'edge'].flatMap((entry) =>
      ['workerd', 'browser', 'node'].map((host) => `wasm/binding/${entry}.${host}.ts`),
    ),
    outdir: 'dist',
    platform: 'neutral',
    external: ['node:*'],
    // The entries share one copy of the classes: an error of one is an instance for the other.
    splitting: true,
    chunkNames: 'shared-[hash]',
    minifySyntax: true,
  });
  await rm(at('dist/types'), { recursive: true, force: true });
  await run(process.execPath, [tsc, '-p', 'tsconfig.package.json'], { quiet: true });
  for (const entry of ['index', 'edge'])
    await writeFile(
      at(`dist/${entry}.d.ts`),
      // Symbol.dispose is in the declarations whatever `lib` their user has.
      `/// <reference lib="esnext.disposable" />\nexport * from './types/${entry}.browser.js';\n`,
    );
};

/** dist/tracker/: hw.js and its overlay as texts that the worker serves; says the size of the first. */
export const bundleTracker = async () => {
  const folder = at('dist/tracker');
  await mkdir(folder, { recursive: true });
  for (const name of ['hw', 'hw-debug']) {
    const { outputFiles } = await esbuild.build({
      ...common,
      entryPoints: [`worker/tracker/${name}.ts`],
      platform: 'browser',
      format: 'iife',
      target: 'es2020',
      minify: true,
      write: false,
    });
    const [file] = outputFiles;
    if (!file) throw new Error(`esbuild made no ${name}.js`);
    await writeFile(path.join(folder, `${name}.txt`), file.contents);
    const { length } = brotliCompressSync(file.contents);
    say(`${name}.js: ${file.contents.length} bytes, ${length} brotli`);
  }
};

/** dist/worker/: the edge worker with its WebAssembly modules beside it. */
export const bundleWorker = async () => {
  await esbuild.build({
    ...common,
    entryPoints: ['worker/src/index.ts'],
    outfile: 'dist/worker/index.js',
    platform: 'neutral',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    external: ['cloudflare:*', 'node:*'],
    sourcemap: 'linked',
  });
  for (const name of ['headwater.wasm', 'headwater-full.wasm'])
    await copyFile(at(`dist/${name}`), at(`dist/worker/${name}`));
};

/** dist/web/: the app as static files, no inline script; screens are chunks that are loaded later. */
export const bundleWeb = async () => {
  const folder = at('dist/web');
  for (const old of globSync('dist/web/*-*.js*', { cwd: root })) await rm(at(old));
  await mkdir(folder, { recursive: true });
  /** @type {esbuild.BuildOptions} */
  const web = {
    ...common,
    outdir: folder,
    platform: 'browser',
    minify: true,
    sourcemap: 'linked',
    define: { 'process.env.NODE_ENV': '"production"' },
  };
  await esbuild.build({ ...web, entryPoints: { 'engine-worker': 'web-demo/engine-worker.ts' } });
  await esbuild.build({
    ...web,
    entryPoints: { app: 'web-demo/main.tsx' },
    splitting: true,
    chunkNames: '[name]-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  await copyFile(at('web-demo/index.html'), path.join(folder, 'index.html'));
  for (const name of ['headwater.wasm', 'headwater-full.wasm'])
    await copyFile(at('dist', name), path.join(folder, name));
  const sample = await generateSample();
  await writeFile(path.join(folder, 'sample.csv.gz'), await promisify(gzip)(sample, { level: 9 }));
};
