import { describe, expect, it } from 'vitest';
import { expectWhole, findMarked, LANE, makeMarker, openAgent, shell } from './agents.ts';

const CASES = [
  ['without namespaces', undefined],
  ['in a PID namespace', ['pid'] as const],
] as const;

describe.each(CASES)('a deadline %s', (_name, namespaces) => {
  const lane = namespaces === undefined ? undefined : LANE;
  const inside = namespaces === undefined ? {} : { namespaces };

  it('sends SIGTERM and lets the subject leave', async () => {
    const { client } = await openAgent(lane);
    const script = `trap 'echo bye; exit 7' TERM; while :; do sleep 0.02; done`;
    const outcome = await client.run({
      ...shell(script),
      ...inside,
      deadlineMs: 200,
      graceMs: 5000,
    });
    expectWhole(outcome);
    expect(outcome.output.stdout.toString()).toBe('bye\n');
    expect(outcome.exits[0]).toMatchObject({ code: 7, timedOut: true });
    expect(outcome.exits[0]?.wallMs).toBeGreaterThanOrEqual(200);
    expect(outcome.exits[0]?.wallMs).toBeLessThan(2500);
  });

  it('kills a subject that ignores SIGTERM after the grace', async () => {
    const { client } = await openAgent(lane);
    const script = `trap '' TERM; while :; do sleep 1; done`;
    const outcome = await client.run({
      ...shell(script),
      ...inside,
      deadlineMs: 200,
      graceMs: 300,
    });
    expectWhole(outcome);
    expect(outcome.exits[0]).toMatchObject({ signal: 'SIGKILL', timedOut: true });
    expect(outcome.exits[0]?.wallMs).toBeGreaterThanOrEqual(500);
    expect(outcome.exits[0]?.wallMs).toBeLessThan(3000);
  });

  it('ends descendants that left by setsid and a double fork, stopped ones, too', async () => {
    const { client } = await openAgent(lane);
    const marker = makeMarker();
    const deaf = `trap "" TERM HUP INT; while :; do sleep 1; done`;
    const script = `
      (setsid sh -c '(sh -c "${deaf.replaceAll('"', '\\"')}" sh "$1" &)' sh "$1" &)
      setsid sh -c 'kill -STOP $$' sh "$1" &
      trap '' TERM
      while :; do sleep 1; done`;
    const spawned = client.spawn({
      ...shell(script, marker),
      ...inside,
      deadlineMs: 700,
      graceMs: 100,
    });
    const outcome = await spawned.outcome;
    expectWhole(outcome);
    expect(outcome.exits[0]).toMatchObject({ signal: 'SIGKILL', timedOut: true });
    expect(await findMarked(marker)).toEqual([]);
  });

  it('does not report a subject that was in time', async () => {
    const { client } = await openAgent(lane);
    const outcome = await client.run({ ...shell('exit 3'), ...inside, deadlineMs: 20_000 });
    expect(outcome.exits[0]).toMatchObject({ code: 3, timedOut: false });
  });

  it('ends the repetitions', async () => {
    const { client } = await openAgent(lane);
    const spec = { ...shell('sleep 100'), ...inside, deadlineMs: 150, graceMs: 100, repeat: 50 };
    const { exits } = await client.run(spec);
    expect(exits).toHaveLength(1);
    expect(exits[0]).toMatchObject({ signal: 'SIGTERM', timedOut: true });
  });

  it('reaches descendants that a fork storm makes', async () => {
    const { client } = await openAgent(lane);
    const marker = makeMarker();
    // Each of the chain starts the next one and ends.
    const script = `trap '' TERM; i=0; while [ $i -lt 20 ]; do
      sh -c 'trap "" TERM; sh -c "\\$2" "\\$1" "\\$1" "\\$2" & sleep 0.01' "$1" "$1" "$2" & i=$((i+1)); done; sleep 100`;
    const next = `sleep 0.02; sh -c "$2" "$1" "$1" "$2" &`;
    const outcome = await client.run({
      ...shell(script, marker, next),
      ...inside,
      deadlineMs: 500,
      graceMs: 100,
    });
    expect(outcome.exits[0]?.timedOut).toBe(true);
    expect(await findMarked(marker)).toEqual([]);
  });
});
