// The documentation of the public API: everything that it names is in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');

it('is made without a warning', () => {
  const directory = mkdtempSync(join(tmpdir(), 'api-docs-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const words = [join(ROOT, 'node_modules/.bin/typedoc'), '--out', directory];
  const result = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  // package.json has typedoc fail at warnings.
  expect(result).toMatchObject({ status: 0 });
  expect(result.stdout).not.toContain('[warning]');
  expect(existsSync(join(directory, 'functions/index.testTargets.html'))).toBe(true);
}, 120_000);
