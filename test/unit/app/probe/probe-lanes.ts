import type { LaneInfo } from '../../../../src/core/index.ts';

function lane(
  id: string,
  kind: LaneInfo['kind'],
  platform: LaneInfo['platform'],
  referee: LaneInfo['referee'],
): LaneInfo {
  return { id, kind, platform, capabilities: [], fingerprint: {}, mode: '', referee };
}

/** Lanes as they describe themselves (src/lanes). */
export const NATIVE = lane('native', 'native', 'linux/amd64', {
  kernel: 'borrowed',
  cpu: 'hardware',
});
export const EMULATED = lane('emulated', 'emulated', 'linux/arm64', {
  kernel: 'borrowed',
  cpu: 'tcg',
});
export const EMULATED_NEW: LaneInfo = { ...EMULATED, id: 'q10' };
export const VM = lane('vm', 'vm', 'linux/arm64', { kernel: 'real', cpu: 'tcg' });
export const VM_16K: LaneInfo = { ...VM, id: 'vm16k' };
export const SSH = lane('ssh', 'ssh', 'linux/arm64', { kernel: 'real', cpu: 'hardware' });
export const SSH_AMD64: LaneInfo = { ...SSH, id: 'loopback', platform: 'linux/amd64' };
