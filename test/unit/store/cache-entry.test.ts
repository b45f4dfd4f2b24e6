import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess, type RunningProcess } from '../../../src/process/index.ts';
import { findCacheEntry, removeCacheEntry, withCacheEntry } from '../../../src/store/index.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/store/build-entry.ts');

let cacheDir: string;
let builders: RunningProcess[] = [];
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'cache-entry-'));
});
afterEach(async () => {
  for (const builder of builders) builder.kill('SIGKILL');
  await Promise.all(builders.map((builder) => builder.exited));
  builders = [];
  rmSync(cacheDir, { recursive: true });
});

const entry = (key: string) => ({ cacheDir, kind: 'test', key });
const listKind = (): string[] => readdirSync(join(cacheDir, 'test')).toSorted();

async function startBuilder(key: string, delayMs: number) {
  const child = await startProcess(process.execPath, [FIXTURE, cacheDir, key, String(delayMs)]);
  builders.push(child);
  const building = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve());
  });
  return { child, building, output: text(child.stdout) };
}

// Real processes on a busy machine: what is measured is measured inside of the tests.
describe('withCacheEntry', { timeout: 30_000 }, () => {
  it('builds once and then returns what was built', async () => {
    let builds = 0;
    const build = async (dir: string): Promise<void> => {
      builds += 1;
      await writeFile(join(dir, 'file'), 'content');
    };
    const first = await withCacheEntry(entry('a'), build);
    expect(readFileSync(join(first, 'file'), 'utf8')).toBe('content');
    expect(await withCacheEntry(entry('a'), build)).toBe(first);
    expect(await findCacheEntry(entry('a'))).toBe(first);
    expect(builds).toBe(1);
  });

  it('leaves nothing when the builder throws, and frees the lock', async () => {
    const failing = withCacheEntry(entry('a'), async (dir) => {
      await writeFile(join(dir, 'half'), '');
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow('no network');
    expect(listKind()).toEqual([]);
    expect(await findCacheEntry(entry('a'))).toBeUndefined();
    await withCacheEntry(entry('a'), async () => undefined);
    expect(listKind()).toEqual(['a']);
  });

  it.each([
    ['no manifest', (path: string) => rmSync(join(path, 'complete.json'))],
    ['a damaged manifest', (path: string) => writeFileSync(join(path, 'complete.json'), '{"ver')],
    ['a part missing', (path: string) => rmSync(join(path, 'content/file'))],
    ['something added', (path: string) => writeFileSync(join(path, 'content/other'), '')],
    ['a truncated part', (path: string) => truncateSync(join(path, 'content/file'), 1)],
    [
      'a part of other content and the same size',
      (path: string) => writeFileSync(join(path, 'content/file'), 'dlo'),
    ],
    ['a part missing in a directory', (path: string) => rmSync(join(path, 'content/a/b/c'))],
    ['a deeper part missing', (path: string) => rmSync(join(path, 'content/a/b/d/e'))],
    ['no content', (path: string) => rmSync(join(path, 'content'), { recursive: true })],
    [
      'the manifest of another entry',
      (path: string) =>
        writeFileSync(
          join(path, 'complete.json'),
          '{"version":1,"kind":"test","key":"b","names":["file"]}',
        ),
    ],
  ])('builds an entry with %s again', async (_name, damage) => {
    const build = (content: string) => async (dir: string) => {
      await writeFile(join(dir, 'file'), content);
      mkdirSync(join(dir, 'a/b/d'), { recursive: true });
      for (const path of ['a/b/c', 'a/b/d/e']) await writeFile(join(dir, path), content);
    };
    await withCacheEntry(entry('a'), build('old'));
    expect(await findCacheEntry(entry('a'))).toBeDefined();
    damage(join(cacheDir, 'test/a'));
    expect(await findCacheEntry(entry('a'))).toBeUndefined();
    const dir = await withCacheEntry(entry('a'), build('new'));
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('new');
    expect(listKind()).toEqual(['a']);
  });

  it('takes what cannot be looked at for broken', async () => {
    await withCacheEntry(entry('a'), (dir) => writeFile(join(dir, 'file'), '{"half'));
    const verify = (dir: string): Promise<boolean> =>
      Promise.resolve(JSON.parse(readFileSync(join(dir, 'file'), 'utf8')) !== null);
    expect(await findCacheEntry({ ...entry('a'), verify })).toBeUndefined();
  });

  it('keeps entries of many files, and those of earlier versions', async () => {
    const dir = await withCacheEntry(entry('a'), async (building) => {
      for (let index = 0; index < 200; index += 1)
        await writeFile(join(building, String(index)), 'x');
    });
    expect(await findCacheEntry(entry('a'))).toBe(dir);
    const manifest = join(cacheDir, 'test/a/complete.json');
    const { marks, ...older } = JSON.parse(readFileSync(manifest, 'utf8')) as { marks?: object };
    expect(Object.keys(marks ?? {})).toHaveLength(64);
    writeFileSync(manifest, JSON.stringify(older));
    expect(await findCacheEntry(entry('a'))).toBe(dir);
  });

  it('builds again what the caller finds broken', async () => {
    const verify = async (dir: string): Promise<boolean> =>
      readFileSync(join(dir, 'file'), 'utf8') === 'good';
    await withCacheEntry(entry('a'), (dir) => writeFile(join(dir, 'file'), 'bad'));
    const dir = await withCacheEntry({ ...entry('a'), verify }, (building) =>
      writeFile(join(building, 'file'), 'good'),
    );
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('good');
  });

  it('lets one of several processes build while the others wait for its result', async () => {
    const started = await Promise.all([1, 2, 3].map(() => startBuilder('shared', 300)));
    const outputs = await Promise.all(started.map((builder) => builder.output));
    expect(outputs.filter((output) => output.includes('building'))).toHaveLength(1);
    for (const output of outputs) expect(output).toContain(join(cacheDir, 'test/shared/content'));
    expect(listKind()).toEqual(['shared']);
  });

  it('goes on at once when the builder is killed, and sweeps what it left', async () => {
    const victim = await startBuilder('a', 60_000);
    const other = await startBuilder('b', 60_000);
    await Promise.all([victim.building, other.building]);
    const left = listKind();
    expect(left).toHaveLength(2);
    let waited = false;
    const waiting = withCacheEntry({ ...entry('a'), onWait: () => (waited = true) }, (dir) =>
      writeFile(join(dir, 'second'), 'mine'),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(waited).toBe(true);
    other.child.kill('SIGKILL');
    await other.child.exited;
    const killedAt = performance.now();
    victim.child.kill('SIGKILL');
    const dir = await waiting;
    expect(performance.now() - killedAt).toBeLessThan(1500);
    expect(readFileSync(join(dir, 'second'), 'utf8')).toBe('mine');
    expect(existsSync(join(dir, 'first'))).toBe(false);
    expect(listKind()).toEqual(['a']);
  });

  it('does not sweep what another process is building', async () => {
    const other = await startBuilder('b', 800);
    await other.building;
    await withCacheEntry(entry('a'), async () => undefined);
    expect(await other.output).toContain(join(cacheDir, 'test/b/content'));
    expect(await other.child.exited).toEqual({ exitCode: 0 });
    expect(listKind()).toEqual(['a', 'b']);
  });

  it('stops waiting when it is cancelled', async () => {
    const holder = await startBuilder('a', 60_000);
    await holder.building;
    const controller = new AbortController();
    const waiting = withCacheEntry(
      { ...entry('a'), cancelSignal: controller.signal },
      async () => undefined,
    );
    setTimeout(() => controller.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ code: 'LOCK_CANCELLED' });
    holder.child.kill('SIGKILL');
    await holder.child.exited;
  });

  it('refuses names that leave the cache', async () => {
    for (const key of ['../x', '.hidden', 'a/b', '']) {
      await expect(withCacheEntry(entry(key), async () => undefined)).rejects.toThrow(TypeError);
    }
  });
});

describe('removeCacheEntry', () => {
  it('removes one entry and is content when there is none', async () => {
    await withCacheEntry(entry('a'), async (dir) => mkdirSync(join(dir, 'x')));
    await removeCacheEntry(entry('a'));
    await removeCacheEntry(entry('a'));
    expect(listKind()).toEqual([]);
  });
});
