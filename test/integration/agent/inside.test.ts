// What is started inside another spawn: commands, and connections to its ports.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  AgentConnection,
  type AgentClient,
  type SpawnSpec,
  type Spawned,
} from '../../../src/agent/index.ts';
import { encodeFrame, FieldWriter, FrameType, SpecTag } from '../../../src/agent/protocol.ts';
import {
  ENV,
  expectGone,
  expectWhole,
  findMarked,
  LANE,
  makeMarker,
  openAgent,
  shell,
  waitFor,
} from './agents.ts';

const ISOLATED = {
  namespaces: ['pid', 'mount', 'net', 'uts'],
  hostname: 'service',
  mounts: [{ kind: 'proc', target: '/proc' }],
} as const;

/** Starts something and waits until it runs. */
async function start(client: AgentClient, spec: SpawnSpec): Promise<Spawned> {
  const started = Promise.withResolvers<undefined>();
  const spawned = client.spawn(spec, { onStarted: () => started.resolve(undefined) });
  await Promise.race([
    started.promise,
    spawned.outcome.then(({ failure, output }) => {
      throw new Error(`${failure?.step ?? 'ended'}: ${output.stderr.toString()}`);
    }),
  ]);
  return spawned;
}

/** A server of TCP that runs `script` for each with the connection as its streams. */
function server(port: number, script: string): SpawnSpec {
  return {
    argv: ['busybox', 'nc', '-ll', '-p', String(port), '-e', '/bin/sh', '-c', script],
    env: ENV,
  };
}

/** A connection that the server accepted: it may not listen yet. */
async function connect(
  client: AgentClient,
  target: Spawned,
  port: number,
): Promise<AgentConnection> {
  for (let left = 200; ; left -= 1) {
    const connection = new AgentConnection(client, target, port);
    try {
      await connection.opened;
      return connection;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((wake) => setTimeout(wake, 10));
    }
  }
}

async function readAll(connection: AgentConnection): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of connection) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

describe('a command inside a spawn', () => {
  it('sees what the subject sees, and has an end, streams and a deadline of its own', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...shell('sleep 100'), ...ISOLATED });
    const looked = await client.run(
      {
        ...shell('hostname; cat; ls -l /proc/self/ns/net | sed "s/.*-> //"; echo err >&2; exit 7'),
        inside: main.id,
      },
      Buffer.from('fed\n'),
    );
    expectWhole(looked);
    const own = await client.run({ ...shell('readlink /proc/1/ns/net'), inside: main.id });
    expect(looked.output.stdout.toString()).toBe(`service\nfed\n${own.output.stdout.toString()}`);
    expect(looked.output.stderr.toString()).toBe('err\n');
    expect(looked.exits).toMatchObject([{ code: 7, timedOut: false }]);
    const late = await client.run({
      ...shell('sleep 50 & sleep 60'),
      inside: main.id,
      deadlineMs: 50,
    });
    expect(late.exits).toMatchObject([{ timedOut: true }]);
    const left = await client.run({ ...shell('ps ax | grep -c "[s]leep [56]0"'), inside: main.id });
    expect(left.output.stdout.toString()).toBe('0\n');
    main.kill();
    await main.outcome;
  });

  it('ends with its spawn, alone by a kill, and never starts in one that is gone', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...shell('read x; exit 4'), ...ISOLATED });
    const [killed, left] = [makeMarker(), makeMarker()];
    const first = await start(client, { ...shell('sleep 100 & wait', killed), inside: main.id });
    const second = await start(client, { ...shell('sleep 100 & wait', left), inside: main.id });
    first.kill();
    await first.outcome;
    await expectGone(killed);
    expect(await findMarked(left)).toHaveLength(1);
    await main.writeStdin(Buffer.from('\n'));
    expect((await main.outcome).exits).toMatchObject([{ code: 4 }]);
    expect((await second.outcome).exits).toEqual([]);
    await expectGone(left, 0);
    const never = await client.run({ ...shell('true'), inside: main.id });
    expect(never.failure).toEqual({
      errno: 'ESRCH',
      step: `start inside spawn ${String(main.id)}`,
    });
  });

  it('is refused where there is no init, and what it cannot have', async () => {
    const { client } = await openAgent(LANE);
    const main = client.spawn({ ...shell('sleep 100'), ...ISOLATED, inPlace: true });
    const refused = await client.run({ ...shell('true'), inside: main.id });
    expect(refused.failure?.errno).toBe('ENOTSUP');
    main.kill();
    await main.outcome;
    for (const extra of [
      { namespaces: ['net'] },
      { inPlace: true },
      { networkOf: 1 },
      { pidsMax: 5 },
    ] as const) {
      const { failure } = await client.run({ ...shell('true'), inside: 1, ...extra });
      expect(failure?.errno, JSON.stringify(extra)).toBe('EINVAL');
    }
    expect((await client.run({ argv: [], connect: 80 })).failure).toEqual({
      errno: 'EINVAL',
      step: 'connect outside of a spawn',
    });
  });
});

/** A server of UDP on 127.0.0.2 that answers in capitals, and a TCP port on ::1. */
const OTHER_SERVERS: SpawnSpec = {
  argv: [
    process.execPath,
    '-e',
    `const socket = require('dgram').createSocket('udp4');
     socket.on('message', (data, from) => socket.send(String(data).toUpperCase(), from.port, from.address));
     socket.bind(700, '127.0.0.2');
     require('net').createServer((one) => one.end('six')).listen(701, '::1');`,
  ],
  env: ENV,
};

/** What the agent tells of a spawn, line by line. */
async function lookAt(client: AgentClient, target: Spawned): Promise<readonly string[]> {
  const { failure, output } = await client.run({ argv: [], inside: target.id, look: true });
  expect(failure).toBeUndefined();
  return output.stdout.toString().trimEnd().split('\n');
}

describe('a look into a spawn', () => {
  it('tells what runs there and what its network has, not what we are', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...server(700, 'cat'), ...ISOLATED });
    await connect(client, main, 700);
    const lines = await lookAt(client, main);
    expect(lines.filter((line) => line.includes(' (busybox) '))).not.toEqual([]);
    expect(lines.join('\n')).not.toContain('archparity');
    // 700 is 02BC; whether busybox listens on IPv6, too, is its own affair.
    expect(lines.some((line) => /^tcp6? .*:02BC .* 0A /.test(line))).toBe(true);
    expect(lines).toContain('interface lo 65536');
    expect(lines).toContain('address lo 127.0.0.1/8');
    expect(lines.filter((line) => line.startsWith('interface '))).toHaveLength(1);
    expect(lines.some((line) => /^hosts .*localhost/.test(line))).toBe(true);
    main.kill();
    await main.outcome;
  });

  it('is refused outside of one, and where that has ended', async () => {
    const { client } = await openAgent(LANE);
    const outside = await client.run({ argv: [], look: true });
    expect(outside.failure).toEqual({ errno: 'EINVAL', step: 'look outside of a spawn' });
    const ended = await client.run({ argv: [], inside: 99, look: true });
    expect(ended.failure?.errno).toBe('ESRCH');
  });
});

describe('a connection into a spawn', () => {
  it('goes to other addresses, and by datagrams', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...OTHER_SERVERS, ...ISOLATED });
    await waitFor(
      () => lookAt(client, main),
      (lines) => lines.some((line) => line.includes(':02BD ')),
    );
    const six = new AgentConnection(client, main, 701, { address: '::1' });
    expect(await readAll(six)).toBe('six');
    const udp = new AgentConnection(client, main, 700, { address: '127.0.0.2', datagrams: true });
    await udp.opened;
    const answer = new Promise((resolve) => udp.once('data', resolve));
    udp.write('hello');
    expect(String(await answer)).toBe('HELLO');
    udp.destroy();
    const wrong = new AgentConnection(client, main, 700, { address: 'a name' });
    await expect(wrong.opened).rejects.toMatchObject({ failure: { errno: 'EINVAL' } });
    main.kill();
    await main.outcome;
  });

  it('carries bytes both ways, half closed too, several at once', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...server(700, 'cat; echo end'), ...ISOLATED });
    const [one, two] = await Promise.all([connect(client, main, 700), connect(client, main, 700)]);
    one.end('first');
    expect(await readAll(one)).toBe('firstend\n');
    two.end('second');
    expect(await readAll(two)).toBe('secondend\n');
    main.kill();
    await main.outcome;
  });

  it('carries much, and holds the sender back', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, {
      ...server(700, 'sleep 0.2; sha256sum; head -c 5000000 /dev/zero'),
      ...ISOLATED,
    });
    const connection = await connect(client, main, 700);
    connection.end(Buffer.alloc(5_000_000));
    const text = await readAll(connection);
    expect(text.split(' ', 1)).toEqual([
      createHash('sha256').update(Buffer.alloc(5_000_000)).digest('hex'),
    ]);
    expect(text.length).toBe(64 + '  -\n'.length + 5_000_000);
    main.kill();
    await main.outcome;
  });

  it('is refused where nobody listens, and says so', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...shell('sleep 100'), ...ISOLATED });
    const connection = new AgentConnection(client, main, 9);
    const error = new Promise((resolve) => connection.once('error', resolve));
    await expect(connection.opened).rejects.toMatchObject({
      failure: { errno: 'ECONNREFUSED', step: 'connect to port 9' },
    });
    expect(await error).toMatchObject({ failure: { errno: 'ECONNREFUSED' } });
    main.kill();
    await main.outcome;
  });

  it('ends with the spawn, and leaves nothing behind when it is dropped', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...server(700, 'echo hello; sleep 100'), ...ISOLATED });
    const dropped = await connect(client, main, 700);
    await new Promise((resolve) => dropped.once('data', resolve));
    dropped.destroy();
    const kept = await connect(client, main, 700);
    await waitFor(
      async () =>
        (
          await client.run({ ...shell('ls /proc | grep -c "^[0-9]"'), inside: main.id })
        ).output.stdout.toString(),
      (count) => Number(count) <= 10,
    );
    const said = new Promise((resolve) => kept.once('data', resolve));
    expect(String(await said)).toBe('hello\n');
    const ended = new Promise((resolve) => kept.once('end', resolve));
    main.kill();
    await Promise.all([main.outcome, ended]);
  });

  it('does not show on the host', async () => {
    const { client } = await openAgent(LANE);
    const main = await start(client, { ...server(701, 'echo inside'), ...ISOLATED });
    const connection = await connect(client, main, 701);
    expect(await readAll(connection)).toBe('inside\n');
    const host = await client.run(shell('busybox nc 127.0.0.1 701 </dev/null || echo refused'));
    expect(host.output.stdout.toString()).toBe('refused\n');
    main.kill();
    await main.outcome;
  });
});

describe('a network that is shared', () => {
  it('is that of the first, as long as anybody lives in it, and is not used again', async () => {
    const { client } = await openAgent(LANE);
    const first = await start(client, { ...shell('read x; exit 0'), ...ISOLATED });
    const { namespaces: _all, ...rest } = ISOLATED;
    const joined = { ...rest, namespaces: ['pid', 'mount', 'uts'], networkOf: first.id } as const;
    const second = await start(client, { ...server(702, 'echo second'), ...joined });
    const connection = await connect(client, first, 702);
    expect(await readAll(connection)).toBe('second\n');
    await first.writeStdin(Buffer.from('\n'));
    await first.outcome;
    expect(await readAll(await connect(client, second, 702))).toBe('second\n');
    const other = await client.run({
      ...shell('busybox nc 127.0.0.1 702 </dev/null || echo refused'),
      ...ISOLATED,
    });
    expect(other.output.stdout.toString()).toBe('refused\n');
    second.kill();
    await second.outcome;
    const gone = await client.run({ ...shell('true'), ...joined });
    expect(gone.failure).toEqual({
      errno: 'ESRCH',
      step: `join the network of spawn ${String(first.id)}`,
    });
  });
});

describe('a signal to the subject alone', () => {
  it('does not reach its children', async () => {
    const { client } = await openAgent(LANE);
    const script =
      '(trap "echo child" USR1; echo ready; while :; do sleep 0.05; done) & trap "echo main; kill $!; exit 0" USR1; echo ready; wait';
    const parts: string[] = [];
    const main = client.spawn(
      { ...shell(script), ...ISOLATED },
      { onOutput: (_stream, data) => parts.push(data.toString()) },
    );
    await waitFor(
      () => parts.join(''),
      (text) => text === 'ready\nready\n',
    );
    main.signal(10, { alone: true });
    await main.outcome;
    expect(parts.join('')).toBe('ready\nready\nmain\n');
  });
});

describe('a connection to a port', () => {
  /** Writes the frame itself: the client would not ask for such a port. */
  async function askFor(port: number): Promise<Awaited<ReturnType<typeof openAgent>>> {
    const agent = await openAgent(LANE);
    const payload = new FieldWriter().u32(SpecTag.inside, 1).u32(SpecTag.connect, port).finish();
    agent.process.stdin.write(encodeFrame(FrameType.spawn, 5, payload));
    return agent;
  }

  it.each([0, 65_536, 0xffff_ffff])(
    '%d is a malformed frame, which ends the agent',
    async (port) => {
      const { client } = await askFor(port);
      const isLost = await waitFor(
        () => client.isLost,
        (lost) => lost,
      );
      expect(isLost).toBe(true);
    },
  );

  it.each([1, 65_535])('%d is none, and the agent goes on', async (port) => {
    const { client } = await askFor(port);
    const { output } = await client.run(shell('echo on'));
    expect(output.stdout.toString()).toBe('on\n');
    expect(client.isLost).toBe(false);
  });
});
