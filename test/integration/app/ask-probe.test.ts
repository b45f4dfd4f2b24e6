// A probe that crashes or hangs has answered, and the next one is asked on the same lane.
import { describe, expect, it } from 'vitest';
import { askProbe } from '../../../src/app/probe/ask-probe.ts';
import type { ProbeAnswer } from '../../../src/app/probe/probe-answer.ts';
import type { PreparedLane } from '../../../src/app/probe/probe-subjects.ts';
import type { Lane } from '../../../src/lanes/index.ts';
import { compileProgram } from '../../setup/compile-program.ts';
import { machine, openForTest } from '../lanes/lanes.ts';

function prepare(lane: Lane): PreparedLane {
  const paths = {
    'linux/amd64': compileProgram('bad-probe', 'amd64', machine.directory),
    'linux/arm64': compileProgram('bad-probe', 'arm64', machine.directory),
  };
  return { lane, binary: { kind: 'binary', paths } };
}

function ask(prepared: PreparedLane, id: string, deadlineMs?: number): Promise<ProbeAnswer> {
  const probe = { id, title: id, matters: 'this test', area: 'processes' } as const;
  return askProbe(prepared, probe, {
    cancelSignal: new AbortController().signal,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
}

describe.each(['native', 'emulated'])('a probe on the %s lane', (spec) => {
  it('may crash, hang and be silent, and the next one is asked', async () => {
    const prepared = prepare(await openForTest(spec));
    expect(await ask(prepared, 'crashes')).toEqual({ state: 'crashed', text: 'killed by SIGABRT' });
    expect(await ask(prepared, 'hangs', 1000)).toEqual({ state: 'hung', text: 'hangs' });
    expect(await ask(prepared, 'says-nothing')).toEqual({
      state: 'crashed',
      text: 'exit 0 without an answer',
    });
    expect(await ask(prepared, 'anything')).toEqual({ state: 'answered', text: 'works' });
  });

  it('is not asked any more when it is cancelled', async () => {
    const prepared = prepare(await openForTest(spec));
    const controller = new AbortController();
    const probe = { id: 'hangs', title: '', matters: '', area: 'processes' } as const;
    const asked = askProbe(prepared, probe, { cancelSignal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('no longer wanted'));
    }, 200);
    await expect(asked).rejects.toThrow('no longer wanted');
  });
});
