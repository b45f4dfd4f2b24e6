import { PassThrough, Writable } from 'node:stream';
import { AgentClient, type SpawnOutcome, type SpawnSpec } from '../../agent/index.ts';
import type { Platform } from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { programSubject } from './probe-case.ts';

const CONVERSATION_MS = 20_000;

/**
 * Runs the agent of a foreign platform as a lane's subject and lets it start a command: what a build
 * script does, a foreign program that executes another one.
 * @throws Error when the agent does not answer
 */
export async function spawnByForeignAgent(
  lane: Lane,
  agent: { readonly platform: Platform; readonly path: string },
  spec: SpawnSpec,
): Promise<SpawnOutcome> {
  const output = new PassThrough();
  const interactive = await lane.interact({
    subject: programSubject(agent.platform, agent.path),
    command: { kind: 'subject', args: ['serve'] },
    env: {},
    writable: [],
    network: 'none',
    pid1: 'init',
    onOutput: (stream, data) => {
      if (stream === 'stdout') output.write(data);
    },
  });
  const ended = interactive.attempt.finally(() => {
    output.end();
  });
  ended.catch(() => undefined);
  const timer = setTimeout(() => {
    interactive.kill();
  }, CONVERSATION_MS);
  const input = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      interactive.write(chunk).then(() => {
        done();
      }, done);
    },
  });
  try {
    const client = await AgentClient.connect({ input, output });
    return await client.run(spec);
  } finally {
    clearTimeout(timer);
    interactive.end();
    await ended.catch(() => undefined);
  }
}
