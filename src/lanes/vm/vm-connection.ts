import type { AgentClient } from '../../agent/index.ts';
import type { InfraFailure } from '../../core/index.ts';
import { MACHINE_SHORTAGE } from '../attempt/read-shortage.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import type { RemoteConnection } from '../remote/remote-connection.ts';
import type { ToolOptions } from '../tools/portable-tool.ts';
import { GuestDisks } from './guest-disks.ts';
import type { Machine } from './machine.ts';
import { GUEST_AGENT } from './vm-assets.ts';
import { watchGuest } from './watch-guest.ts';

/** In the guest's memory: nothing of it outlives the guest. */
const STATE = '/run/archparity';

export interface VmConnectionOptions extends ToolOptions {
  readonly machine: Machine;
  readonly client: AgentClient;
  /** Makes an image a file that the guest can have as a disk. */
  readonly diskOf: (image: ImageSubject) => Promise<string>;
  /** How often the guest is asked for a sign of life; default: `watchGuest`'s. */
  readonly beatMs?: number;
}

/** What the kernel says when it ends a process for want of memory (mm/oom_kill.c). */
const OUT_OF_MEMORY = /Out of memory: Killed process \d+ \(([^)]*)\)/;

/** A guest as the other end of a remote lane. */
export function vmConnection(options: VmConnectionOptions): RemoteConnection {
  const { machine, client, diskOf, beatMs } = options;
  const disks = new GuestDisks(machine.qmp, client);
  let images = 0;
  let seen = machine.console.mark;
  let silence: string | undefined;
  const endWatch = watchGuest({
    ask: () => client.stat('/'),
    onSilent: (seconds) => {
      silence = `it did not answer for ${String(seconds)} s${machine.describeTail()}`;
      machine.kill();
    },
    ...(beatMs === undefined ? {} : { beatMs }),
  });
  return {
    client,
    stateDir: STATE,
    agentFile: GUEST_AGENT,
    ids: 'all',
    engine: {
      crun: '/usr/bin/crun',
      place: async (image) => {
        images += 1;
        const target = `${STATE}/images/${String(images)}`;
        await disks.mount(await diskOf(image), target);
        return target;
      },
    },
    tool: async (name) => {
      const { fetchGuestTool } = await import('../tools/guest-tool.ts');
      return fetchGuestTool(name, options);
    },
    explainLoss: async () => ({
      code: 'VM_LOST',
      message: `The microVM is gone: ${silence ?? (await machine.describeEnd())}.`,
      advice: 'Run it again; give it more memory if it ran out: --lane vm,memory=2G',
    }),
    // Where the kernel has no cgroups, its console is all there is: it names no case.
    ...(client.hello.limits ? {} : { findTrouble }),
    close: () => {
      endWatch();
      return machine.close();
    },
  };

  function findTrouble(): InfraFailure | undefined {
    const killed = OUT_OF_MEMORY.exec(machine.console.since(seen))?.[1];
    seen = machine.console.mark;
    if (killed === undefined) return undefined;
    return {
      code: MACHINE_SHORTAGE,
      message: `The microVM ran out of memory, and its kernel ended ${killed}.`,
      advice: 'Give it more: --lane vm,memory=2G',
    };
  }
}
