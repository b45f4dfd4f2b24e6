// Spawns that begin when the subject of another has ended.
import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { LANE, openAgent, shell } from './agents.ts';

describe('a spawn that follows another', () => {
  it('begins when its subject has ended, without a word of ours', async () => {
    const { client } = await openAgent(LANE);
    const events: string[] = [];
    const first = client.spawn(shell('sleep 0.3'), { onEnded: () => events.push('first ended') });
    const second = client.spawn(
      shell('echo second'),
      { onStarted: () => events.push('second began'), onEnded: () => events.push('second ended') },
      first.id,
    );
    const third = client.spawn(
      shell('echo third'),
      { onStarted: () => events.push('third began') },
      second.id,
    );
    const outcomes = await Promise.all([first.outcome, second.outcome, third.outcome]);
    expect(events).toEqual(['first ended', 'second began', 'second ended', 'third began']);
    expect(outcomes.map(({ output }) => output.stdout.toString())).toEqual([
      '',
      'second\n',
      'third\n',
    ]);
  });

  it('does not wait for what the first leaves behind', async () => {
    const { client } = await openAgent(LANE);
    const first = client.spawn({
      ...shell('true'),
      namespaces: ['pid', 'mount'],
      teardown: [['/bin/sleep', '1']],
    });
    const ended: string[] = [];
    void first.outcome.then(() => ended.push('first'));
    const second = client.spawn(shell('true'), {}, first.id);
    await second.outcome.then(() => ended.push('second'));
    expect(ended).toEqual(['second']);
    await first.outcome;
  });

  it('begins behind a quiet one whose end is told later, with all that is left of it', async () => {
    const { client } = await openAgent(LANE);
    const events: string[] = [];
    const first = client.spawn(
      {
        ...shell('echo first'),
        namespaces: ['pid', 'mount'],
        quiet: true,
        teardown: [['/bin/sleep', '0.5']],
      },
      { onEnded: () => events.push('first ended'), collect: true },
    );
    const second = client.spawn(
      shell('echo second'),
      { onEnded: () => events.push('second ended') },
      first.id,
    );
    const outcomes = await Promise.all([first.outcome, second.outcome]);
    expect(events).toEqual(['second ended', 'first ended']);
    expect(outcomes.map(({ output }) => output.stdout.toString())).toEqual(['first\n', 'second\n']);
    expect(outcomes.map(({ exits }) => exits.map(({ code }) => code))).toEqual([[0], [0]]);
  });

  it.each([
    ['has ended', shell('true'), true],
    ['was never there', undefined, true],
    ['cannot be started', { argv: ['/nowhere/program'] }, false],
    ['is refused', { ...shell('true'), hostname: 'no-namespace-of-its-own' }, false],
  ])('begins, too, when the first %s', async (_what, spec, isAwaited) => {
    const { client } = await openAgent(LANE);
    const first = spec === undefined ? undefined : client.spawn(spec);
    if (isAwaited) await first?.outcome;
    const second = client.spawn(shell('echo it runs'), {}, first?.id ?? 4711);
    const { output } = await second.outcome;
    expect(output.stdout.toString()).toBe('it runs\n');
  });

  it('begins before its end when it is told to, and is told in vain when it has', async () => {
    const { client } = await openAgent(LANE);
    const events: string[] = [];
    const first = client.spawn(shell('read line; exit 3'), { onEnded: () => events.push('first') });
    const second = client.spawn(
      shell('read line; exit 4'),
      { onStarted: () => second.begin(), onEnded: () => events.push('second') },
      first.id,
    );
    const third = client.spawn(shell('exit 5'), { onEnded: () => events.push('third') }, second.id);
    second.begin();
    second.begin();
    second.endStdin();
    expect((await second.outcome).exits.map(({ code }) => code)).toEqual([4]);
    expect((await third.outcome).exits.map(({ code }) => code)).toEqual([5]);
    third.begin();
    first.begin();
    first.endStdin();
    expect((await first.outcome).exits.map(({ code }) => code)).toEqual([3]);
    expect(events).toEqual(['second', 'third', 'first']);
  });

  it('begins when the first is killed', async () => {
    const { client } = await openAgent(LANE);
    const first = client.spawn({ ...shell('sleep 60'), namespaces: ['pid', 'mount'] });
    const second = client.spawn(shell('echo it runs'), {}, first.id);
    await sleep(100);
    first.kill();
    expect((await second.outcome).output.stdout.toString()).toBe('it runs\n');
    expect((await first.outcome).init.signal).toBe('SIGKILL');
  });

  it('never begins when it is killed before, and keeps nobody waiting', async () => {
    const { client } = await openAgent(LANE);
    const first = client.spawn(shell('sleep 0.2'));
    const second = client.spawn(shell('echo it runs'), {}, first.id);
    const third = client.spawn(shell('echo third'), {}, second.id);
    second.kill();
    const outcome = await second.outcome;
    expect({ started: outcome.started, exits: outcome.exits }).toEqual({
      started: false,
      exits: [],
    });
    expect((await third.outcome).output.stdout.toString()).toBe('third\n');
    await first.outcome;
  });

  it('ends with the agent', async () => {
    const agent = await openAgent(LANE);
    const first = agent.client.spawn(shell('sleep 60'));
    const second = agent.client.spawn(shell('echo it runs'), {}, first.id);
    await agent.close();
    await expect(second.outcome).rejects.toThrow('The agent ended');
  });
});
