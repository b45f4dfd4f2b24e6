import { formatError } from '../app/format-error.ts';
import { ArchParityError } from '../core/index.ts';

/** Has an error of ours say all that it knows: a test runner shows its message alone. */
export async function tellError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ArchParityError)) throw error;
    throw new Error(await formatError(error, false), { cause: error });
  }
}
