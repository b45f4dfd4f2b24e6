/** Workflow commands (docs.github.com, "Workflow commands for GitHub Actions") escape what ends them. */
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** GitHub shows so many annotations of one kind for a step, and drops the rest without a word. */
export const MOST_ANNOTATIONS = 10;

/** One workflow command of GitHub Actions that annotates. @param properties - `file`, `line`, `title` */
export function formatAnnotation(
  level: 'error' | 'warning' | 'notice',
  message: string,
  properties: Readonly<Record<string, string>>,
): string {
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(value)}`,
  );
  return `::${level} ${written.join(',')}::${escapeMessage(message)}\n`;
}
