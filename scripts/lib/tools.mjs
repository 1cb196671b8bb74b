/**
 * Finds the tools on this machine: a toolchain of the user's own first (EMSDK, WASI_SDK_PREFIX,
 * PATH), then the distribution's. Looks at files; starts a program only to ask its version.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ScriptError } from './run.mjs';

/** @param {string} name @returns {string | undefined} full path of a program */
export const which = (name) => {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
};

/** @param {string} file @returns {number[]} e.g. [3, 25, 1]; empty when it says no version */
const versionOf = (file) => {
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(stdout ?? '') ?? []).slice(1).map(Number);
};

/** Clang releases that build hw.wasm, newest first. */
export const clangReleases = [22, 21, 20, 19, 18, 17, 16, 15];

const findCMake = () => {
  const file = which('cmake');
  if (!file) return undefined;
  const [high = 0, low = 0] = versionOf(file);
  return high > 3 || (high === 3 && low >= 20) ? file : undefined;
};

const findEmscripten = () => {
  const own = process.env.EMSDK && path.join(process.env.EMSDK, 'upstream/emscripten/emcc');
  return own && existsSync(own) ? own : which('emcc');
};

/**
 * A clang that links wasm32-wasi: a wasi-sdk, or clang with its archiver, linker and builtins and
 * wasi-libc. Looks where wasm/cmake/wasi.cmake looks.
 */
const findWasi = () => {
  const prefix = process.env.WASI_SDK_PREFIX;
  if (prefix) {
    const clang = path.join(prefix, 'bin/clang');
    if (existsSync(clang)) return clang;
    throw new ScriptError(
      `WASI_SDK_PREFIX is ${prefix}, but there is no bin/clang in it. Set it to the folder of a wasi-sdk, or unset it.`,
    );
  }
  if (!existsSync('/usr/lib/wasm32-wasi/libc.a')) return undefined;
  for (const release of clangReleases) {
    const clang = which(`clang-${release}`);
    const builtins = `/usr/lib/llvm-${release}/lib/clang/${release}/lib/wasi/libclang_rt.builtins-wasm32.a`;
    const complete =
      which(`wasm-ld-${release}`) &&
      (which(`llvm-ar-${release}`) ?? which('llvm-ar')) &&
      existsSync(builtins);
    if (clang && complete) return clang;
  }
  return undefined;
};

const findAsan = () => {
  const cc = which('gcc') ?? which('cc');
  if (!cc) return undefined;
  const { stdout } = spawnSync(cc, ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  return path.isAbsolute(stdout?.trim() ?? '') ? stdout.trim() : undefined;
};

/**
 * One entry a tool: `find` gives its path (or undefined), `packages` what Debian calls it, `why`
 * what it is for, `elsewhere` what to do on a machine without apt. A `{clang}` in a package's
 * name stands for the clang release to install.
 * @typedef {object} Tool
 * @property {'build' | 'test' | 'check' | 'bench'} need
 * @property {() => unknown} find
 * @property {string[]} packages
 * @property {string} why
 * @property {string} elsewhere
 */

/** @satisfies {Record<string, Tool>} */
export const tools = {
  cc: {
    need: 'build',
    find: () => which('gcc') ?? which('clang') ?? which('cc'),
    packages: ['gcc', 'libc6-dev'],
    why: 'C compiler for the native build',
    elsewhere: 'install gcc or clang',
  },
  cmake: {
    need: 'build',
    find: findCMake,
    packages: ['cmake'],
    why: 'builds the C core (3.20 or newer)',
    elsewhere: 'install CMake 3.20 or newer',
  },
  ninja: {
    need: 'build',
    find: () => which('ninja'),
    packages: ['ninja-build'],
    why: 'runs the build',
    elsewhere: 'install ninja',
  },
  emcc: {
    need: 'build',
    find: findEmscripten,
    packages: ['emscripten'],
    why: 'headwater.wasm for the worker, the browser and npm',
    elsewhere: 'install Emscripten 3.1 or newer and put emcc on PATH or set EMSDK',
  },
  wasi: {
    need: 'build',
    find: findWasi,
    packages: [
      'clang-{clang}',
      'llvm-{clang}',
      'lld-{clang}',
      'libclang-rt-{clang}-dev-wasm32',
      'wasi-libc',
    ],
    why: 'hw.wasm, the command line for any WASI host',
    elsewhere: 'unpack wasi-sdk and set WASI_SDK_PREFIX to its folder',
  },
  asan: {
    need: 'test',
    find: findAsan,
    packages: ['gcc'],
    why: 'AddressSanitizer for the C tests',
    elsewhere: 'install a gcc with its sanitizer libraries',
  },
  chromium: {
    need: 'test',
    find: () =>
      process.env.CHROMIUM ??
      which('chromium') ??
      which('chromium-browser') ??
      which('google-chrome'),
    packages: ['chromium', 'fonts-inter', 'fonts-dejavu-core'],
    why: 'browser tests',
    elsewhere: 'install Chromium or Chrome, or set CHROMIUM to its path',
  },
  clangFormat: {
    need: 'check',
    find: () => {
      for (const release of clangReleases) {
        const file = release >= 19 ? which(`clang-format-${release}`) : undefined;
        if (file) return file;
      }
      const file = which('clang-format');
      return file && (versionOf(file)[0] ?? 0) >= 19 ? file : undefined;
    },
    packages: ['clang-format-19'],
    why: 'format of the C sources',
    elsewhere: 'install clang-format 19 or newer',
  },
  wrk: {
    need: 'bench',
    find: () => which('wrk'),
    packages: ['wrk'],
    why: 'HTTP load for the benchmarks',
    elsewhere: 'install wrk',
  },
};

/**
 * Environment for CMake and the compilers.
 * @returns {Record<string, string>}
 */
export const buildEnvironment = () => ({
  CMAKE_GENERATOR: 'Ninja',
  // Debian's emcc looks for its JavaScript helpers in the folder of Debian's own Node.
  NODE_PATH: ['/usr/share/nodejs', process.env.NODE_PATH].filter(Boolean).join(path.delimiter),
});
