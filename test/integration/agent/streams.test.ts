import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectWhole, openAgent, runOnce, shell } from './agents.ts';

async function residentKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

describe('stdin', () => {
  it('of 10 MB comes back whole', async () => {
    const { client } = await openAgent();
    const data = randomBytes(10_000_000);
    const outcome = await client.run({ argv: ['/bin/cat'] }, data);
    expectWhole(outcome);
    expect(outcome.output.stdout.equals(data)).toBe(true);
    expect(outcome.totalBytes).toEqual({ stdout: data.length, stderr: 0, log: 0 });
  });

  it('may come as a stream, for many at once', async () => {
    const { client } = await openAgent();
    const data = randomBytes(1_000_000);
    const digest = createHash('sha256').update(data).digest('hex');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const spawned = client.spawn({ argv: ['/usr/bin/sha256sum'] });
        await spawned.pipeStdin(Readable.from([data.subarray(0, 1), data.subarray(1)]));
        return spawned.outcome;
      }),
    );
    for (const { output } of outcomes) expect(output.stdout.toString()).toBe(`${digest}  -\n`);
  });

  it('is not read by a subject that ends', async () => {
    const { client } = await openAgent();
    const spawned = client.spawn(shell('head -c 3; exit 4'));
    const written = spawned.writeStdin(Buffer.alloc(5_000_000, 'x'));
    const outcome = await spawned.outcome;
    expect(await written).toBe(false);
    expect(await spawned.writeStdin(Buffer.from('late'))).toBe(false);
    expect([outcome.output.stdout.toString(), outcome.exits[0]?.code]).toEqual(['xxx', 4]);
  });

  it('is not read by a subject that does not look at it, which runs on', async () => {
    const outcome = await runOnce(shell('sleep 0.2; echo done'), 'x'.repeat(1_000_000));
    expect(outcome.output.stdout.toString()).toBe('done\n');
  });

  it('is empty when none is wanted, and what is fed to it is refused', async () => {
    const { client } = await openAgent();
    let said = '';
    const spawned = client.spawn(
      { ...shell('cat; sleep 1; echo end'), stdin: 'null' },
      { onOutput: (_stream, data) => (said += data.toString()) },
    );
    expect(await spawned.writeStdin(Buffer.alloc(1_000_000))).toBe(false);
    // That came at once, not with the end.
    expect(said).toBe('');
    await spawned.outcome;
    expect(said).toBe('end\n');
  });

  it('is shared by the repetitions', async () => {
    const { output } = await runOnce(
      { ...shell('read line; echo "<$line>"'), repeat: 3 },
      'a\nb\n',
    );
    // dash reads byte by byte from a pipe, so nothing is lost between them.
    expect(output.stdout.toString()).toBe('<a>\n<b>\n<>\n');
  });
});

describe('stdout and stderr', () => {
  it('stay apart, byte for byte', async () => {
    const { output, totalBytes } = await runOnce(shell("printf 'o\\0\\377'; printf 'e\\r\\n' >&2"));
    expect([output.stdout, output.stderr, output.log]).toEqual([
      Buffer.from([0x6f, 0, 0xff]),
      Buffer.from('e\r\n'),
      Buffer.alloc(0),
    ]);
    expect(totalBytes).toEqual({ stdout: 3, stderr: 3, log: 0 });
  });

  it('are cut at the limit, each for itself, and counted beyond it', async () => {
    const spec = shell('head -c 300000 /dev/zero; head -c 99999 /dev/zero >&2');
    const { output, totalBytes } = await runOnce({ ...spec, outputLimit: 100_000 });
    expect([output.stdout.length, output.stderr.length]).toEqual([100_000, 99_999]);
    expect(totalBytes).toEqual({ stdout: 300_000, stderr: 99_999, log: 0 });
    const none = await runOnce({ ...spec, outputLimit: 0 });
    expect([none.output.stdout.length, none.totalBytes.stdout]).toEqual([0, 300_000]);
  });

  it('have a digest of what lies beyond the limit, however it arrives', async () => {
    const FNV_1A_OF = { nothing: 'cbf29ce484222325', foobar: '85944171f73967e8' };
    const cut = async (script: string, outputLimit: number): Promise<string> =>
      (await runOnce({ ...shell(script), outputLimit })).cutDigests.stdout;
    expect(await cut('printf foobar', 0)).toBe(FNV_1A_OF.foobar);
    expect(await cut('printf keptfoobar', 4)).toBe(FNV_1A_OF.foobar);
    expect(await cut('printf kept; sleep 0.1; printf foo; sleep 0.1; printf bar', 4)).toBe(
      FNV_1A_OF.foobar,
    );
    expect(await cut('printf kept', 4)).toBe(FNV_1A_OF.nothing);
    expect(await cut('head -c 3000000 /dev/zero', 100_000)).toBe(
      await cut('head -c 1000000 /dev/zero; sleep 0.1; head -c 2000000 /dev/zero', 100_000),
    );
  });

  it('of 200 MB pass through in flat memory', async () => {
    const agent = await openAgent();
    let seen = 0;
    let highest = 0;
    const before = await residentKb(agent.process.pid);
    const timer = setInterval(() => {
      void residentKb(agent.process.pid).then(
        (kb) => (highest = Math.max(highest, kb)),
        () => undefined,
      );
    }, 20);
    const outcome = await agent.client.run(shell('head -c 200000000 /dev/zero'), undefined, {
      onOutput: (_stream, data) => (seen += data.length),
    });
    clearInterval(timer);
    expectWhole(outcome);
    expect([seen, outcome.totalBytes.stdout]).toEqual([200_000_000, 200_000_000]);
    expect(highest - before).toBeLessThan(20_000);
  });

  it('wait for a peer that does not read, whose agent stays small', async () => {
    const agent = await openAgent();
    const before = await residentKb(agent.process.pid);
    const spawned = agent.client.spawn(shell('head -c 50000000 /dev/zero'));
    agent.process.stdout.pause();
    await sleep(700);
    expect((await residentKb(agent.process.pid)) - before).toBeLessThan(20_000);
    agent.process.stdout.resume();
    expect((await spawned.outcome).totalBytes.stdout).toBe(50_000_000);
  });
});

describe('a quiet spawn', () => {
  it('says what it has to say at its end', async () => {
    const { client } = await openAgent();
    const heard: string[] = [];
    const directory = await mkdtemp(join(tmpdir(), 'quiet-'));
    const script =
      'echo early; echo error >&2; : >written; while [ ! -e go ]; do sleep 0.01; done; echo late';
    const spawned = client.spawn(
      { ...shell(script), cwd: directory, quiet: true },
      {
        onOutput: (stream) => heard.push(stream),
        onEnded: () => heard.push('ended'),
        collect: true,
      },
    );
    while (!existsSync(join(directory, 'written'))) await sleep(5);
    expect(heard).toEqual([]);
    await writeFile(join(directory, 'go'), '');
    const { exits, output } = await spawned.outcome;
    await rm(directory, { recursive: true });
    expect(heard).toContain('ended');
    expect([output.stdout.toString(), output.stderr.toString()]).toEqual([
      'early\nlate\n',
      'error\n',
    ]);
    expect(exits[0]?.code).toBe(0);
  });

  it('does not keep more than a little', async () => {
    const { client } = await openAgent();
    let bytes = 0;
    const spawned = client.spawn(
      { argv: ['/bin/sh', '-c', 'head -c 200000 /dev/zero; exec cat'], quiet: true },
      { onOutput: (_stream, data) => (bytes += data.length) },
    );
    while (bytes < 100_000) await sleep(5);
    spawned.endStdin();
    await spawned.outcome;
    expect(bytes).toBe(200_000);
  });
});
