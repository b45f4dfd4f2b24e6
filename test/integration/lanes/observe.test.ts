import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChangedFile } from '../../../src/core/index.ts';
import { actorCase, attemptOn, imageCase, machine, observeOn, openForTest } from './lanes.ts';

const LANES = ['native', 'emulated'] as const;

describe.each(LANES)('observe on the %s lane', (spec) => {
  it('sees exits, signals, deadlines and what cannot be started', async () => {
    const lane = await openForTest(spec);
    const ends = await Promise.all([
      observeOn(lane, actorCase(['exit', '7'])),
      observeOn(lane, actorCase(['signal', '6'])),
      observeOn(lane, actorCase(['stay']), { deadlineMs: 1500 }),
      observeOn(lane, imageCase('', { command: { kind: 'run', argv: ['no-such-program'] } })),
      observeOn(lane, imageCase('', { command: { kind: 'run', argv: ['/etc/passwd'] } })),
    ]);
    expect(ends.map(({ termination }) => termination)).toEqual([
      { kind: 'exit', code: 7 },
      { kind: 'signal', signal: 'SIGABRT' },
      { kind: 'timeout', deadlineMs: 1500, signal: 'SIGKILL' },
      expect.objectContaining({ kind: 'not-started', errno: 'ENOENT' }),
      expect.objectContaining({ kind: 'not-started', errno: 'EACCES' }),
    ]);
    expect(ends[2].stdout.data).toBe('staying\n');
    for (const { wallMs, maxRssKb } of ends.slice(0, 3)) {
      expect(wallMs).toBeGreaterThan(0);
      expect(maxRssKb).toBeGreaterThan(100);
    }
  });

  it('gives a binary a fresh directory, fixtures, setup and teardown', async () => {
    const lane = await openForTest(spec);
    const place = mkdtempSync(join(machine.directory, 'fixtures-'));
    mkdirSync(join(place, 'data'));
    writeFileSync(join(place, 'data/inner.txt'), 'inner\n');
    writeFileSync(join(place, 'in.txt'), 'in\n');
    const definition = actorCase(['show', 'data/inner.txt'], {
      fixtures: [join(place, 'data'), join(place, 'in.txt')],
      setup: [['sh', '-c', 'echo more >> in.txt && mkdir made && rm -r data/x 2>/dev/null; true']],
      teardown: [['sh', '-c', 'exit 3']],
      compare: ['files'],
    });
    const seen = await observeOn(lane, definition);
    expect(seen.stdout.data).toBe('inner\n');
    expect(seen.files?.map(({ path, type }) => [path, type])).toEqual([
      ['in.txt', 'file'],
      ['made', 'directory'],
    ]);
    expect(seen.files?.[0]?.content?.data).toBe('in\nmore\n');
    expect(seen.notes).toEqual(['teardown step 1 failed (exit 3)']);
    expect(readdirSync(place).toSorted()).toEqual(['data', 'in.txt']);
    const again = await observeOn(lane, actorCase(['write', 'only.txt'], { compare: ['files'] }));
    expect(again.files?.map(({ path }) => path)).toEqual(['only.txt']);
  });

  it('lets nobody change the machine through /proc, root neither', async () => {
    const lane = await openForTest(spec);
    const script =
      'for f in sys/vm/swappiness sys/kernel/core_pattern sysrq-trigger irq/default_smp_affinity; do ' +
      '[ -w "/proc/$f" ] && echo "$f"; done; echo 500 > /proc/self/oom_score_adj && echo own';
    const definition = actorCase([], { command: { kind: 'shell', script } });
    const seen = await observeOn(lane, definition);
    expect(seen.stdout.data).toBe('own\n');
  });

  it('hides /run, with the sockets of services, from a binary', async () => {
    expect(readdirSync('/run')).not.toEqual([]);
    const lane = await openForTest(spec);
    const script = 'ls -A /run /var/run/; touch /run/x 2>&1 | grep -o "Read-only.*"';
    const seen = await observeOn(lane, actorCase([], { command: { kind: 'shell', script } }));
    expect(seen.stdout.data).toBe('/run:\n\n/var/run/:\nRead-only file system\n');
  });

  // Nobody else may write there.
  it.runIf(process.geteuid?.() === 0)(
    'shows what a case needs of /run, and only that',
    async () => {
      const lane = await openForTest(spec);
      const there = mkdtempSync('/run/archparity-test-');
      onTestFinished(() => {
        rmSync(there, { recursive: true });
      });
      writeFileSync(join(there, 'in.txt'), 'in\n');
      const list = actorCase([], { command: { kind: 'shell', script: 'ls -A /run' } });
      expect((await observeOn(lane, list)).stdout.data).toBe('');
      const fixtures = [join(there, 'in.txt')];
      const copied = await observeOn(lane, actorCase(['show', 'in.txt'], { fixtures }));
      expect(copied.stdout.data).toBe('in\n');
      const kept = await observeOn(lane, { ...list, fixtures });
      expect(kept.stdout.data).toBe(`${basename(there)}\n`);
      expect((await observeOn(lane, list)).stdout.data).toBe('');
      const image = imageCase('cat in.txt', { fixtures });
      expect((await observeOn(lane, image)).stdout.data).toBe('in\n');
    },
  );

  it('reads no more of what was written than is sane, and says so', async () => {
    const lane = await openForTest(spec);
    const deep = `import os
os.mkdir('/out'); os.chdir('/out')
for _ in range(39): os.mkdir('d' * 100); os.chdir('d' * 100)
open('leaf', 'w').write('x')`;
    const script = `truncate -s 1T /big; echo x > /small; python3 -c "${deep}"`;
    const seen = await observeOn(lane, imageCase(script, { compare: ['files'] }));
    const at = (end: string): ChangedFile | undefined =>
      seen.files?.find(({ path }) => path.endsWith(end));
    expect(at('/big')).toMatchObject({ size: 2 ** 40 });
    expect(at('/big')?.sha256).toBeUndefined();
    expect(at('/small')?.content?.data).toBe('x\n');
    // With the way to the unpacked image before it, this path is longer than the kernel takes.
    expect(at('/leaf')?.path).toHaveLength(39 * 101 + '/out/leaf'.length);
    expect(seen.notes).toEqual([
      'content not read, so only the size is compared: /big (1099511627776 bytes)',
    ]);
  });

  it('reports every kind of change in an image, and nothing else', async () => {
    const lane = await openForTest(spec);
    const script = `
      set -e
      echo new > /srv/new; chmod 0640 /srv/new; chown 1000:1000 /srv/new
      ln -s new /srv/link; mkfifo /srv/fifo; mkdir -m 0700 /srv/made
      rm /etc/debian_version; rm -r /etc/pam.d; mkdir /etc/pam.d; echo x > /etc/pam.d/only
      chmod 0700 /home/app; touch /tmp/t
    `;
    const seen = await observeOn(lane, imageCase(script, { compare: ['exit', 'files'] }));
    expect(seen.termination).toEqual({ kind: 'exit', code: 0 });
    const files = new Map((seen.files ?? []).map((file) => [file.path, file]));
    const facts = (path: string): Partial<ChangedFile> | undefined => files.get(path);
    expect(facts('/srv/new')).toMatchObject({
      type: 'file',
      mode: 0o640,
      uid: 1000,
      gid: 1000,
      size: 4,
    });
    expect(facts('/srv/new')?.content?.data).toBe('new\n');
    expect(facts('/srv/link')).toMatchObject({ type: 'symlink', linkTarget: 'new' });
    expect(facts('/srv/fifo')).toMatchObject({ type: 'fifo' });
    expect(facts('/srv/made')).toMatchObject({ type: 'directory', mode: 0o700 });
    expect(facts('/etc/debian_version')).toMatchObject({ type: 'removed' });
    expect(facts('/etc/pam.d')).toMatchObject({ type: 'directory', opaque: true });
    expect(facts('/home/app')).toMatchObject({ type: 'directory', mode: 0o700 });
    expect([...files.keys()].toSorted()).toEqual([
      '/etc/debian_version',
      '/etc/pam.d',
      '/etc/pam.d/only',
      '/home/app',
      '/srv/fifo',
      '/srv/link',
      '/srv/made',
      '/srv/new',
      '/tmp/t',
    ]);
  });

  it('copies fixtures into an image’s directory as its user’s', async () => {
    const lane = await openForTest(spec);
    const place = mkdtempSync(join(machine.directory, 'fixtures-'));
    writeFileSync(join(place, 'in.txt'), 'in\n');
    const definition = imageCase('cat in.txt; stat -c %u:%g in.txt; echo more >> in.txt', {
      fixtures: [join(place, 'in.txt')],
      user: '1000:1000',
      workdir: '/home/app',
      compare: ['files'],
    });
    const seen = await observeOn(lane, definition);
    expect(seen.stdout.data).toBe('in\n1000:1000\n');
    expect(seen.files?.map(({ path }) => path)).toEqual(['/home/app/in.txt']);
  });

  it('feeds stdin and keeps no more output than allowed', async () => {
    const lane = await openForTest(spec);
    const text = 'x'.repeat(300_000);
    const seen = await observeOn(
      lane,
      actorCase(['stdin'], { stdin: { text }, limits: { outputBytes: 1000 } }),
    );
    expect(seen.stdout).toEqual({
      encoding: 'utf8',
      data: 'x'.repeat(1000),
      totalBytes: 300_000,
      truncated: true,
      cutDigest: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    const deaf = await observeOn(lane, actorCase(['exit', '0'], { stdin: { text } }));
    expect(deaf.termination).toEqual({ kind: 'exit', code: 0 });
    const bytes = await observeOn(lane, imageCase('printf "\\377\\000"'));
    expect(bytes.stdout).toMatchObject({ encoding: 'base64', data: '/wA=' });
  });

  it('names limits that it cannot enforce', async () => {
    const lane = await openForTest(spec);
    const limits = { outputBytes: 10, pids: 5, memoryBytes: 1e9 };
    const seen = await observeOn(lane, actorCase(['say'], { limits }));
    expect(seen.unenforcedLimits).toEqual(['pids', 'memory']);
  });

  it('ends an attempt at once when it is cancelled', async () => {
    const lane = await openForTest(spec);
    const controller = new AbortController();
    const running = attemptOn(lane, actorCase(['stay']), { cancelSignal: controller.signal });
    await new Promise((wake) => setTimeout(wake, 700));
    controller.abort();
    expect((await running).observation?.termination.kind).not.toBe('exit');
    const aborted = AbortSignal.abort();
    const never = attemptOn(lane, actorCase(['stay']), {
      // Longer than the test may take.
      deadlineMs: 600_000,
      cancelSignal: aborted,
    });
    expect((await never).observation?.termination.kind).not.toBe('exit');
  });

  it('has the same context for the subject as every lane', async () => {
    const lane = await openForTest(spec);
    const script =
      'id; pwd; umask; uname -n; env | sort; cat /proc/1/comm >/dev/null && echo proc; ls /sys >/dev/null && echo sys; ulimit -n';
    const seen = await observeOn(lane, imageCase(script));
    expect(seen.stderr.data).toBe('');
    expect(seen.stdout.data.split('\n').filter((line) => !/^\d+$/.test(line))).toEqual([
      'uid=0(root) gid=0(root) groups=0(root)',
      '/',
      'archparity',
      'HOME=/root',
      'HOSTNAME=archparity',
      'LANG=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PWD=/',
      'proc',
      'sys',
      '',
    ]);
  });

  it('refuses a subject for another platform', async () => {
    const lane = await openForTest(spec);
    const wrong = actorCase(['say']);
    if (wrong.subject.kind !== 'binary') throw new Error('no binary');
    const { paths } = wrong.subject;
    const amd64 = paths['linux/amd64'];
    const arm64 = paths['linux/arm64'];
    if (amd64 === undefined || arm64 === undefined) throw new Error('no programs');
    const swapped = {
      kind: 'binary',
      paths: { 'linux/amd64': arm64, 'linux/arm64': amd64 },
    } as const;
    await expect(lane.prepare(swapped)).rejects.toMatchObject({
      code: 'BINARY_WRONG_PLATFORM',
      exitCode: 2,
    });
    await expect(lane.prepare({ kind: 'binary', paths: {} })).rejects.toMatchObject({
      code: 'BINARY_PLATFORM_MISSING',
    });
  });
});
