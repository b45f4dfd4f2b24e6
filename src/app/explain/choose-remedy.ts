import { foreignPlatform, platformFacts, type Platform } from '../../core/index.ts';
import type { LogFact, Remedy } from '../../judge/index.ts';
import { installHint } from '../../process/index.ts';
import { findCi } from '../ci-system.ts';

/** Where a log was written or is read, and what is foreign there. */
export interface Situation {
  readonly facts: ReadonlySet<LogFact>;
  readonly foreign: Platform;
  /** Of the file system whose `/etc/os-release` chooses the package manager. */
  readonly root?: string;
}

/** What a log shows of its machine, and what the environment says of this one. */
export function findSituation(
  facts: readonly LogFact[],
  env: Readonly<Record<string, string | undefined>>,
  host: Platform,
): Situation {
  const ci = findCi(env)?.name;
  const here: readonly LogFact[] = ci === 'github' || ci === 'gitlab' ? [ci] : [];
  return { facts: new Set([...facts, ...here]), foreign: foreignPlatform(host) };
}

/** The first remedy that applies, with the command for this machine. */
export async function chooseRemedy(
  remedies: readonly Remedy[],
  { facts, foreign, root }: Situation,
): Promise<{ readonly text: string; readonly command?: string }> {
  const remedy = remedies.find(({ on }) => on === undefined || facts.has(on));
  if (remedy === undefined) return { text: '' };
  const text = fillIn(remedy.text, foreign);
  if (remedy.install !== undefined) {
    const hint = await installHint(remedy.install, root);
    const command = /^Install it: (.+)$/.exec(hint)?.[1];
    return command === undefined ? { text: `${text} ${hint}` } : { text, command };
  }
  return remedy.command === undefined
    ? { text }
    : { text, command: fillIn(remedy.command, foreign) };
}

function fillIn(text: string, foreign: Platform): string {
  const { oci, uname } = platformFacts(foreign);
  return (
    text
      .replaceAll('{arch}', oci.architecture)
      .replaceAll('{uname}', uname)
      // Node.js has a name of its own for one of them (process.arch).
      .replaceAll('{npm}', oci.architecture === 'amd64' ? 'x64' : oci.architecture)
  );
}
