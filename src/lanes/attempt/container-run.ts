import type { CaseDefinition, ContainerOptions, Expansion } from '../../core/index.ts';
import type { CountingPlaces } from './count-spawn.ts';
import type { ImageUser } from './image-user.ts';
import type { Instrument } from './instrument.ts';
import type { ImageSubject } from './subject.ts';

export interface ContainerRun {
  readonly subject: ImageSubject;
  readonly user: ImageUser;
  readonly command: CaseDefinition['command'];
  readonly env: Readonly<Record<string, string>>;
  readonly fixtures: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly independentSetup?: boolean;
  readonly expand?: Expansion;
  readonly container?: ContainerOptions;
  readonly network: 'none' | 'host';
  readonly workdir?: string;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly pid1: 'init' | 'subject';
  /** Its instructions are counted. */
  readonly counting?: CountingPlaces;
  readonly instrument?: Instrument;
  readonly reportFiles: boolean;
  readonly hosts?: string;
  /** The /etc/resolv.conf of the machine whose network it has; absent = the image's. */
  readonly resolver?: string;
  readonly deadlineMs?: number;
  readonly graceMs?: number;
}
