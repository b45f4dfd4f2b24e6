import type { Diagnostic } from '../core/index.ts';

/** Diagnostics as plain text: `file:3:5: message`, the frame and the hint, a blank line between. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n\n');
}

function formatDiagnostic({ position, message, hint, frame }: Diagnostic): string {
  const lines = [`${position.file}:${position.line}:${position.column}: ${message}`];
  if (frame !== undefined) lines.push(frame);
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  return lines.join('\n');
}
