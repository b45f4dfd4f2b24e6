import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FrameDecoder,
  FrameType,
  SpecTag,
  encodeFrame,
  FieldWriter,
} from '../../../src/agent/protocol.ts';
import { readFailure } from '../../../src/agent/spawn-outcome.ts';
import { startProcess, type ProcessExit } from '../../../src/process/index.ts';
import { AGENT, expectGone, findMarked, makeMarker, openAgent, shell, waitFor } from './agents.ts';
import { encodeSpawn } from '../../../src/agent/spawn-spec.ts';

interface Answer {
  readonly types: readonly number[];
  readonly failures: readonly {
    readonly id: number;
    readonly errno: string;
    readonly step: string;
  }[];
  readonly exit: ProcessExit;
  readonly stderr: string;
}

/** Sends bytes to an agent over its real pipe; stdin stays open unless `end` is given. */
async function send(bytes: Uint8Array, end: 'end' | 'open' = 'open'): Promise<Answer> {
  const agent = await startProcess(AGENT, ['serve']);
  const decoder = new FrameDecoder();
  const frames: { type: number; id: number; payload: Buffer }[] = [];
  let stderr = '';
  agent.stdout.on('data', (chunk: Buffer) => frames.push(...decoder.push(chunk)));
  agent.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const drained = new Promise((resolve) => agent.stdout.once('end', resolve));
  agent.stdin.write(bytes);
  if (end === 'end') agent.stdin.end();
  const exit = await agent.exited;
  await drained;
  agent.stdin.end();
  return {
    types: frames.map(({ type }) => type),
    failures: frames
      .filter(({ type }) => type === FrameType.failed)
      .map(({ id, payload }) => ({ id, ...readFailure(payload) })),
    exit,
    stderr,
  };
}

function header(length: number, type = 1, id = 7): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt32BE(id, 5);
  return bytes;
}

describe('a malformed frame', () => {
  it.each<[string, Buffer, string]>([
    ['shorter than its header', header(4), 'malformed frame'],
    ['of no length', header(0), 'malformed frame'],
    ['longer than allowed', header((1 << 20) + 1, FrameType.stdin), 'malformed frame'],
    ['with a spec longer than allowed', header((1 << 24) + 1), 'malformed frame'],
    ['longer than anything', header(0xffff_ffff), 'malformed frame'],
    ['of an unknown type', encodeFrame(0x7e, 7), 'unknown frame type'],
    ["of the agent's own types", encodeFrame(FrameType.hello, 7), 'unknown frame type'],
    ['with an empty spec', encodeFrame(FrameType.spawn, 7), 'malformed spawn'],
    [
      'of a successor of nothing',
      encodeFrame(FrameType.spawnAfter, 7, Buffer.alloc(3)),
      'successor of nothing',
    ],
    [
      'with a spec of rubbish',
      encodeFrame(FrameType.spawn, 7, Buffer.from('rubbish')),
      'malformed spawn',
    ],
    [
      'with an unknown tag',
      encodeFrame(
        FrameType.spawn,
        7,
        new FieldWriter().text(SpecTag.argv, 'x').text(99, 'x').finish(),
      ),
      'malformed spawn',
    ],
    [
      'with a wrong size',
      encodeFrame(
        FrameType.spawn,
        7,
        new FieldWriter().text(SpecTag.argv, 'x').u32(SpecTag.deadlineMs, 1).finish(),
      ),
      'malformed spawn',
    ],
  ])('%s is answered and ends the agent', async (_name, bytes, step) => {
    const { types, failures, exit, stderr } = await send(bytes);
    expect(types).toEqual([FrameType.hello, FrameType.failed]);
    expect(failures[0]).toMatchObject({ errno: 'EPROTO', step });
    expect([exit, stderr]).toEqual([{ exitCode: 65 }, '']);
  });

  it('ends what runs, too', async () => {
    const marker = makeMarker();
    const agent = await startProcess(AGENT, ['serve']);
    agent.stdout.resume();
    agent.stdin.write(
      encodeFrame(
        FrameType.spawn,
        1,
        encodeSpawn(shell('trap "" TERM; while :; do sleep 1; done', marker)),
      ),
    );
    await waitFor(
      () => findMarked(marker),
      (found) => found.length > 0,
    );
    agent.stdin.write(header(0));
    expect(await agent.exited).toEqual({ exitCode: 65 });
    await expectGone(marker, 0);
  });

  it('uses an id that is taken', async () => {
    const spec = encodeFrame(FrameType.spawn, 3, encodeSpawn(shell('sleep 100')));
    const { failures, exit } = await send(Buffer.concat([spec, spec]));
    expect(failures).toEqual([{ id: 3, errno: 'EPROTO', step: 'spawn id in use' }]);
    expect(exit).toEqual({ exitCode: 65 });
  });

  it('that is cut by the end of stdin is just the end', async () => {
    const whole = encodeFrame(FrameType.spawn, 1, encodeSpawn(shell('sleep 100')));
    for (const cut of [1, 4, 8, 9, whole.length - 1]) {
      const { types, exit } = await send(whole.subarray(0, cut), 'end');
      expect([types, exit]).toEqual([[FrameType.hello], { exitCode: 0 }]);
    }
  });

  it('of a kind that a spawn does not want is ignored', async () => {
    const strange = [
      FrameType.signal,
      FrameType.resize,
      FrameType.kill,
      FrameType.stdin,
      FrameType.putData,
    ];
    const bytes = Buffer.concat(strange.map((type) => encodeFrame(type, 99, Buffer.from('odd'))));
    const { types, exit } = await send(bytes, 'end');
    expect([types, exit]).toEqual([[FrameType.hello], { exitCode: 0 }]);
  });
});

describe('a spec that cannot be sent', () => {
  it('rejects, and the agent goes on', async () => {
    const { client } = await openAgent();
    await expect(client.run({ argv: ['/bin/echo', 'a\0b'] })).rejects.toThrow('NUL');
    await expect(client.mount([{ kind: 'write', path: '/x', content: 'a\0b' }])).rejects.toThrow(
      'NUL',
    );
    expect((await client.run(shell('exit 3'))).exits[0]?.code).toBe(3);
  });

  it('takes as many words as the kernel does', async () => {
    const { client } = await openAgent();
    const words = Array.from({ length: 19 }, () => 'x'.repeat(100_000));
    const counted = await client.run(
      shell('for word; do n=$((n + ${#word})); done; echo $n', ...words),
    );
    expect(counted.output.stdout.toString()).toBe('1900000\n');
    const env = Object.fromEntries(words.map((word, index) => [`W${index}`, word]));
    const named = await client.run({ argv: ['/usr/bin/env'], env });
    expect(named.totalBytes.stdout).toBeGreaterThan(1_900_000);
  });

  it.each([
    ['a word of 128 KiB', ['x'.repeat(128 * 1024)]],
    ['more than 2 MiB of words', Array.from({ length: 70 }, () => 'x'.repeat(100_000))],
    ['more than a frame holds', Array.from({ length: 200 }, () => 'x'.repeat(100_000))],
  ])('%s is E2BIG', async (_name, words) => {
    const { client } = await openAgent();
    const { failure, exits } = await client.run(shell('true', ...words), Buffer.from('unread'));
    expect([failure, exits]).toEqual([{ errno: 'E2BIG', step: 'exec /bin/sh' }, []]);
    expect((await client.run(shell('exit 3'))).exits[0]?.code).toBe(3);
  });

  it('of several writers at once, all are served', async () => {
    const { client } = await openAgent();
    const spawned = client.spawn({ argv: ['/usr/bin/wc', '-c'] });
    const piece = Buffer.alloc(600_000);
    expect(await Promise.all([1, 2, 3].map(() => spawned.writeStdin(piece)))).toEqual([
      true,
      true,
      true,
    ]);
    spawned.endStdin();
    expect((await spawned.outcome).output.stdout.toString().trim()).toBe('1800000');
  });
});

describe('random bytes', () => {
  it('never crash the agent', { timeout: 120_000 }, async () => {
    const frame = fc
      .record({
        // No file requests: a random path might be one that is there.
        type: fc.constantFrom(
          FrameType.stdin,
          FrameType.signal,
          FrameType.resize,
          FrameType.kill,
          FrameType.putData,
          0x7f,
        ),
        id: fc.integer({ min: 0, max: 3 }),
        payload: fc.uint8Array({ maxLength: 40 }),
      })
      .map(({ type, id, payload }) => encodeFrame(type, id, payload));
    const input = fc.oneof(
      fc
        .uint8Array({ maxLength: 64 })
        .map((bytes) => Buffer.concat([header(bytes.length + 5, FrameType.spawn), bytes])),
      fc.array(frame, { maxLength: 20 }).map((frames) => Buffer.concat(frames)),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(input, async (bytes) => {
        const { exit, stderr } = await send(bytes, 'end');
        expect([0, 65]).toContain(exit.exitCode);
        expect(stderr).toBe('');
      }),
      { seed: 20_24, numRuns: 60 },
    );
  });
});
