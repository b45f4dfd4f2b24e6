import type { LaneInfo, LaneSpec } from '../../core/index.ts';
import { agentFacts } from '../local/lane-facts.ts';
import type { OpenLaneOptions } from '../local/open-local-lane.ts';
import { LocalImages } from '../remote/local-images.ts';
import { measureRemoteFactor } from '../remote/remote-factor.ts';
import { RemoteLane } from '../remote/remote-lane.ts';
import type { RemoteConnection } from '../remote/remote-connection.ts';
import type { Lane } from '../lane.ts';
import { makeImageDisk } from './image-disk.ts';
import { prepareQemuSystem } from './qemu-system.ts';
import type { GuestOptions } from './guest-options.ts';
import { startGuest } from './start-guest.ts';
import { ensureAssets } from './vm-assets.ts';
import { vmConnection } from './vm-connection.ts';
import { readVmSettings } from './vm-settings.ts';

/**
 * Opens a lane in a microVM: boots it, or resumes the snapshot of such a one.
 * @throws ArchParityError `QEMU_MISSING`, `CPU_UNKNOWN`, `VM_BOOT_FAILED`, those of `ensureAssets`
 */
export async function openVmLane(spec: LaneSpec, options: OpenLaneOptions): Promise<Lane> {
  const { cacheDir, imageAccess } = options;
  const logger = options.logger === undefined ? {} : { logger: options.logger };
  const settings = readVmSettings(spec);
  const qemu = await prepareQemuSystem(settings, { cacheDir, ...logger });
  const assets = await ensureAssets(settings, { cacheDir, ...logger });
  const guest: GuestOptions = { settings, qemu, assets, cacheDir, ...logger };
  const images = new LocalImages({
    cacheDir,
    platform: 'linux/arm64',
    ...(imageAccess === undefined ? {} : { imageAccess }),
    ...logger,
  });

  const connect = async (): Promise<{ connection: RemoteConnection; how: string }> => {
    const { machine, client, how } = await startGuest(guest);
    const connection = vmConnection({
      machine,
      client,
      cacheDir,
      ...logger,
      diskOf: async (image) =>
        makeImageDisk(image, { client: (await images.namespace()).client, cacheDir, ...logger }),
    });
    return { connection, how };
  };

  const { connection, how } = await connect();
  try {
    const { hello } = connection.client;
    const info: LaneInfo = {
      id: spec.id,
      kind: 'vm',
      platform: 'linux/arm64',
      capabilities: [
        'binaries',
        'files',
        'tty',
        'kill-tree',
        'isolated-files',
        'isolated-network',
        'images',
        'child-processes',
      ],
      fingerprint: {
        ...agentFacts(hello),
        qemu: qemu.version,
        qemuPath: qemu.path,
        cpu: qemu.cpu,
        memory: `${String(settings.memoryMb)} MiB`,
        cpus: String(settings.cpus),
      },
      mode: how,
      referee: { kernel: 'real', cpu: qemu.accelerator === 'kvm' ? 'hardware' : 'tcg' },
    };
    const emulationFactor = options.measure
      ? await measureRemoteFactor({
          client: connection.client,
          agentFile: connection.agentFile,
          cacheDir,
          key: ['vm', qemu.identity, qemu.cpu, qemu.accelerator, settings],
          otherwise: 10,
          ...logger,
        })
      : 1;
    return new RemoteLane({
      info,
      emulationFactor,
      cacheDir,
      images,
      connection,
      reconnect: async () => (await connect()).connection,
      reconnects: 1,
      retriesLost: false,
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}
