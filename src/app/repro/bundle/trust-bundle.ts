import { usageError, type LaneInfo } from '../../../core/index.ts';
import { listLaneNotes } from '../../../plan/index.ts';
import type { RecordedCase } from '../../recorded/recorded-case.ts';
import type { SettledCase } from '../../recorded/settle-case.ts';

interface BundledCase extends Pick<SettledCase, 'definition' | 'given'> {
  readonly recorded: Pick<RecordedCase, 'isBundled'>;
}

/**
 * What the user must know of the case of a bundle, which is somebody's program, on a lane. The maker of the bundle
 * chooses the variables that it is given of our environment, so none may go where it can send them away.
 * @throws ArchParityError `BUNDLE_WANTS_SECRET` (exit 2)
 */
export function trustBundle(
  { definition, given, recorded }: BundledCase,
  lane: LaneInfo,
): readonly string[] {
  if (recorded.isBundled !== true) return [];
  if (definition.network === 'none' && listLaneNotes(definition, lane).length === 0) return [];
  if (given.length === 0) return ['the case of the bundle has the network of this machine'];
  throw usageError(
    'BUNDLE_WANTS_SECRET',
    `The case of the bundle would get ${given.join(', ')} of your environment, and it has the network of this machine.`,
    `Run it without: env ${given.map((name) => `-u ${name}`).join(' ')} archparity repro …`,
  );
}
