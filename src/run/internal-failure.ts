import { errorMessage, type CaseResult, type InfraFailure } from '../core/index.ts';

const CODE = 'INTERNAL_ERROR';

/** An error that nobody foresaw, as what went wrong with one case: the others go on. */
export function internalFailure(error: unknown): InfraFailure {
  const place = error instanceof Error ? /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] : undefined;
  return {
    code: CODE,
    message: `This is a bug in archparity: ${errorMessage(error)}${place === undefined ? '' : ` (at ${place})`}.`,
    advice: 'Report it with the case; the run goes on without it.',
  };
}

/** Whether a bug of ours kept a case from being observed or judged. */
export function hasInternalFailure(result: CaseResult): boolean {
  return Object.values(result.lanes).some(({ attempts }) =>
    attempts.some(({ infra }) => infra?.code === CODE),
  );
}
