import {
  ArchParityError,
  errorMessage,
  ExitCode,
  type ExitCode as ExitCodeType,
} from '../core/index.ts';

/** Prints an error for a person and gives the exit code that it means. */
export async function printError(error: unknown, verbose: boolean): Promise<ExitCodeType> {
  if (error instanceof ArchParityError) {
    const lines = [`archparity: ${error.message}`];
    if (error.diagnostics.length > 0) {
      // Loaded only for suites: it brings the YAML and schema libraries along.
      const { formatDiagnostics } = await import('../suite/index.ts');
      lines.unshift(formatDiagnostics(error.diagnostics).trimEnd(), '');
    }
    if (error.advice !== undefined) lines.push(`  ${error.advice}`);
    lines.push(`  (${error.code})`);
    if (verbose && error.stack !== undefined) lines.push(error.stack, ...causeOf(error));
    process.stderr.write(`${lines.join('\n')}\n`);
    return error.exitCode;
  }
  process.stderr.write(`archparity: this is a bug in archparity: ${errorMessage(error)}\n`);
  if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
  return ExitCode.internal;
}

function causeOf(error: Error): string[] {
  return error.cause instanceof Error
    ? [`caused by ${error.cause.stack ?? error.cause.message}`]
    : [];
}
