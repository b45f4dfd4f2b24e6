import type { ArchParityError } from '../core/index.ts';

/** An error that a user can mend, as lines: the places in files, what happened, what to do, the code. */
export async function formatError(error: ArchParityError, verbose: boolean): Promise<string> {
  const lines = [`archparity: ${error.message}`];
  if (error.diagnostics.length > 0) {
    // Loaded only for suites: it brings the YAML and schema libraries along.
    const { formatDiagnostics } = await import('../suite/index.ts');
    lines.unshift(formatDiagnostics(error.diagnostics).trimEnd(), '');
  }
  if (error.advice !== undefined) lines.push(`  ${error.advice}`);
  lines.push(`  (${error.code})`);
  if (verbose) lines.push(error.stack ?? '', ...describeCause(error.cause));
  return lines.join('\n');
}

function describeCause(cause: unknown): string[] {
  return cause instanceof Error ? [`caused by ${cause.stack ?? cause.message}`] : [];
}
