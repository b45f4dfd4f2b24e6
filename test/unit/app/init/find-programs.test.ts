import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { findPrograms } from '../../../../src/app/init/find-programs.ts';
import { listFiles } from '../../../../src/app/init/list-files.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'init-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function place(path: string, architecture: 'amd64' | 'arm64'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  cpSync(resolve('build/bin', architecture, 'hello'), join(root, path));
}

test.each([
  ['dist/app-amd64', 'dist/app-arm64', 'app'],
  ['dist/app_linux_amd64_v1/app', 'dist/app_linux_arm64_v8.0/app', 'app'],
  ['build/linux/amd64/app', 'build/linux/arm64/app', 'app'],
  [
    'target/x86_64-unknown-linux-gnu/release/app',
    'target/aarch64-unknown-linux-musl/release/app',
    'app',
  ],
  ['target/release/app', 'target/aarch64-unknown-linux-gnu/release/app', 'app'],
  ['bin/app.x86_64', 'bin/app.aarch64', 'app'],
  ['out/app-x64', 'out/app-arm64', 'app'],
  ['dist/app/amd64', 'dist/app/arm64', 'app'],
])('%s and %s are one program', async (amd64, arm64, name) => {
  place(amd64, 'amd64');
  place(arm64, 'arm64');
  expect(findPrograms(root, await listFiles(root))).toEqual([
    { name, paths: { 'linux/amd64': amd64, 'linux/arm64': arm64 } },
  ]);
});

it('tells programs apart by their names, and passes over what is none', async () => {
  place('dist/client-arm64', 'arm64');
  place('dist/server-arm64', 'arm64');
  place('dist/libx.so.1', 'arm64');
  place('src/app', 'arm64');
  place('node_modules/x/bin/app', 'arm64');
  place('target/release/deps/app-1234', 'arm64');
  writeFileSync(join(root, 'dist/script.sh'), '#!/bin/sh\n', { mode: 0o755 });
  const names = findPrograms(root, await listFiles(root)).map(({ name }) => name);
  expect(names).toEqual(['client', 'server']);
});
