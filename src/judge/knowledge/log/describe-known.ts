import type { Explanation } from '../../../core/index.ts';
import { KNOWLEDGE_BASE } from '../knowledge-base.ts';

/**
 * What the knowledge base says of a failure that lanes show, too: a log entry adds only how logs show it.
 * @throws Error when there is no such entry: a mistake of ours
 */
export function describeKnown(id: string): Explanation {
  const entry = KNOWLEDGE_BASE.find((known) => known.id === id);
  if (entry === undefined) throw new Error(`the knowledge base has no entry "${id}"`);
  const { title, cause, advice, source } = entry;
  return { id, title, cause, advice, source };
}
