// What takes as long as the whole case may: the agent may end it before a timer of ours is looked at.
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import type { Attempt, ServiceRequest } from '../../../../src/core/index.ts';
import type { Container } from '../../../../src/lanes/index.ts';
import { conductService } from '../../../../src/run/service/conduct-service.ts';
import { defineCase, observe } from '../../judge/judge-data.ts';

const TOTAL_MS = 50;
const scaled = (nativeMs: number) => ({ kind: 'scaled', nativeMs }) as const;

const ENDED: Attempt = {
  number: 1,
  observation: observe({
    termination: { kind: 'timeout', deadlineMs: TOTAL_MS, signal: 'SIGKILL' },
  }),
};

/** A service whose agent ends it, with its connections, before this process comes to anything else. */
class EndedByAgent implements Container {
  readonly started = Promise.resolve(true);
  readonly #end = Promise.withResolvers<Attempt>();
  readonly ended = this.#end.promise;
  readonly #until = performance.now() + TOTAL_MS;
  readonly #answer: string;

  constructor(answer: string) {
    this.#answer = answer;
  }

  connect(): ReturnType<Container['connect']> {
    const connection = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    setImmediate(() => {
      if (this.#answer !== '') connection.push(this.#answer);
      this.#passTime();
      connection.push(null);
    });
    return Object.assign(connection, { opened: Promise.resolve(undefined) });
  }

  execute(): Promise<Attempt> {
    this.#passTime();
    const termination = { kind: 'signal', signal: 'SIGKILL' } as const;
    return Promise.resolve({ number: 1, observation: observe({ termination }) });
  }

  look(): Promise<never> {
    return Promise.reject(new Error('it has ended'));
  }

  inspect(): Promise<never> {
    return Promise.reject(new Error('it has ended'));
  }

  signal(): void {
    this.#passTime();
  }

  kill(): void {
    // It has ended.
  }

  /** No timer of this process gets its turn meanwhile. */
  #passTime(): void {
    while (performance.now() < this.#until);
    this.#end.resolve(ENDED);
  }
}

async function conduct(requests: readonly ServiceRequest[], answer = '') {
  const definition = defineCase({
    service: {
      ready: { check: { kind: 'started' }, within: scaled(1000) },
      requests,
      stop: { signal: 'SIGTERM', within: scaled(1000) },
    },
  });
  // Its time begins after that of the case.
  const start = (): Container => new EndedByAgent(answer);
  const starter = { start, startCompanion: start };
  const limits = {
    ...{ totalMs: TOTAL_MS, requestMs: TOTAL_MS, stopMs: 1000, settleMs: 0, factor: 1 },
    readyMs: () => 1000,
  };
  return conductService(definition, starter, { limits, platform: 'linux/amd64' });
}

const TCP = { kind: 'tcp', label: 'tcp 7', port: 7 } as const;
const HTTP = { kind: 'http', method: 'GET', port: 8, path: '/', headers: {}, ignore: [] } as const;
const COMMAND = { kind: 'run', command: { kind: 'run', argv: ['ask'] } } as const;

it.each<ServiceRequest>([
  TCP,
  { ...HTTP, label: 'GET /', expect: {} },
  { ...COMMAND, label: 'ask', expect: {} },
])('says that a request was not answered in time: $label', async (request) => {
  const { label } = request;
  expect(await conduct([request])).toMatchObject({
    exchanges: [{ label, kind: 'failed', timedOut: true }],
    failure: {
      check: `${label}: is answered`,
      actual: expect.stringMatching(/^no answer within \d/) as string,
      timedOut: true,
    },
  });
});

it('keeps an answer that came before', async () => {
  expect(await conduct([TCP], 'hello')).toMatchObject({
    exchanges: [{ kind: 'tcp', received: { data: 'hello' } }],
    failure: { check: 'the service stops', timedOut: true },
  });
});

it('says that the service did not stop, when the agent ended it', async () => {
  const seen = await conduct([]);
  expect(seen).toMatchObject({ failure: { check: 'the service stops', timedOut: true } });
  expect(seen).not.toHaveProperty('stopMs');
});
