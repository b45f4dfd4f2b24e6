import { AgentRequestError } from '../../agent/index.ts';
import { ArchParityError, hostPlatform, type Platform } from '../../core/index.ts';
import { askWitness, verifyWitness } from '../emulated/ask-witness.ts';
import type { Emulator } from '../emulated/prepare-emulator.ts';
import { mountPrivateBinfmt, registerHandler } from '../emulated/register-handler.ts';
import type { OpenedAgent } from './open-agent.ts';
import type { Translation } from '../attempt/translation.ts';

/** How a lane translates, and the proof of it. */
export interface Translated {
  readonly translation: Translation;
  /** Named in the output when it is not the first choice. */
  readonly mode: string;
  /** Has the witness answer. */
  readonly verify: () => Promise<void>;
}

export interface TranslateOptions {
  readonly opened: OpenedAgent;
  readonly emulator: Emulator;
  readonly platform: Platform;
  /** The `binfmt` setting. */
  readonly wanted: string;
}

/** Registers the emulator in the lane's own binfmt_misc; a reason when that is not to be had. */
async function registerPrivately({
  opened,
  emulator,
  platform,
}: TranslateOptions): Promise<string | undefined> {
  if (opened.maps === undefined) return opened.reason ?? 'there are no namespaces';
  // QEMU is such a program itself, so the handler would call itself.
  if (platform === hostPlatform() && emulator.libraries === undefined)
    return 'this machine runs such programs itself';
  try {
    await mountPrivateBinfmt(opened.agent.client);
    await registerHandler(opened.agent.client, platform, emulator.path);
    return undefined;
  } catch (error) {
    if (!(error instanceof AgentRequestError)) throw error;
    return `a private binfmt_misc is not to be had: ${error.message}`;
  }
}

/** The witness must answer from this very QEMU and CPU. */
async function verifyPrivate({ opened, emulator, platform }: TranslateOptions): Promise<void> {
  const answer = await askWitness(opened.agent.client, emulator.witness);
  if (answer === undefined)
    throw modeFailed('binfmt=private', 'the kernel does not use the handler');
  verifyWitness(answer, { platform, qemu: emulator.path, cpuId: emulator.cpuId });
}

/**
 * Private instance first, then a handler of the host, then an explicit prefix.
 * @throws ArchParityError `LANE_MODE_IMPOSSIBLE` when the one that was asked for does not work
 */
export async function translate(options: TranslateOptions): Promise<Translated> {
  const { opened, emulator, platform, wanted } = options;
  const { client } = opened.agent;
  let reason = '';
  if (wanted === 'auto' || wanted === 'private') {
    const refusal = await registerPrivately(options);
    if (refusal === undefined) {
      const verify = once(() => verifyPrivate(options));
      return {
        translation: { kind: 'private', qemu: emulator.path },
        mode: 'private binfmt_misc',
        verify,
      };
    }
    if (wanted === 'private') throw modeFailed('binfmt=private', refusal);
    reason = refusal;
  }
  // In these modes the witness is what shows that they work at all.
  const verify = (): Promise<void> => Promise.resolve();
  if (wanted === 'auto' || wanted === 'host') {
    const answer = await askWitness(client, emulator.witness).catch(() => undefined);
    // Without a handler a program of this machine's own platform executes itself.
    if (answer !== undefined && answer.executedBy !== emulator.witness) {
      const mode = `handler of the host${because(reason)}`;
      return { translation: { kind: 'host', qemu: answer.executedBy }, mode, verify };
    }
    if (wanted === 'host')
      throw modeFailed('binfmt=host', `the host has no working handler for ${platform}`);
  }
  const answer = await askWitness(client, emulator.witness, { prefix: emulator.path });
  if (answer === undefined)
    throw modeFailed('binfmt=prefix', `${emulator.path} cannot be executed`);
  const mode = `explicit qemu prefix, children are not emulated${because(reason)}`;
  return { translation: { kind: 'prefix', qemu: emulator.path }, mode, verify };
}

function once(call: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= call());
}

/** A reason in brackets, where there is one. */
export function because(reason: string): string {
  return reason === '' ? '' : ` (${reason})`;
}

function modeFailed(mode: string, reason: string): ArchParityError {
  return new ArchParityError({
    code: 'LANE_MODE_IMPOSSIBLE',
    message: `${mode} does not work here: ${reason}.`,
    advice: 'Leave the setting out, and the lane finds what works.',
  });
}
