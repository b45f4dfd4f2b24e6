import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** Each issue with its path; of a union what its branches say, too. */
function issuesOf(issues: readonly Issue[], prefix = ''): string[] {
  return issues.flatMap((issue) => {
    const place = [prefix, ...issue.path.map(String)].filter((step) => step !== '').join('.');
    const inner =
      issue.code === 'invalid_union' ? issue.errors.map((one) => issuesOf(one, place)) : [];
    const below = inner.flat().filter((words) => !words.startsWith(`${place}: `));
    return below.length > 0 ? below : [`${place}: ${issue.message}`];
  });
}

/** What a schema says of a value, each with its path; nothing of a good one. */
export function messagesOf(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : issuesOf(result.error.issues);
}
