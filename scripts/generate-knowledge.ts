#!/usr/bin/env node
// Writes docs/knowledge.md from the knowledge base; see keep-generated.ts.
import { KNOWLEDGE_BASE, LOG_ENTRIES, type LogFact, type Remedy } from '../src/judge/index.ts';
import { keepGenerated } from './keep-generated.ts';

const INTRODUCTION = `# What archparity knows

This page is made from the data by \`node scripts/generate-knowledge.ts\`.

[archparity explain](explain.md) recognises the failures of the first part in logs. [archparity test](test.md) gives
those of the second part as the explanation of a case, when lanes differ or one of them fails. A failure that both
know has one id.

The cause is \`architecture\` (your program does otherwise on arm64), \`emulator\` (QEMU does, real hardware does not),
\`environment\` (a machine, an image or a setting does) or \`undecided\`.
`;

const WHERE: Readonly<Record<LogFact, string>> = {
  arm: 'on arm',
  emulation: 'under emulation',
  kubernetes: 'in Kubernetes',
  github: 'on GitHub Actions',
  gitlab: 'on GitLab CI',
  apple: 'on a Mac',
};

function writeRemedy({ on, text, command, install }: Remedy): string {
  const code =
    command === undefined
      ? ''
      : command.includes('\n')
        ? `\n\n  \`\`\`\n${command.replaceAll(/^/gm, '  ')}\n  \`\`\``
        : ` \`${command}\``;
  const made = install === undefined ? code : ' (with the package manager of the machine)';
  const example = (written: string): string =>
    written.replaceAll(/\{(?:arch|npm)\}/g, 'arm64').replaceAll('{uname}', 'aarch64');
  return example(`- Now${on === undefined ? '' : `, ${WHERE[on]}`}: ${text}${made}`);
}

function writeSource(source: string): string {
  return source.startsWith('https://') ? `<${source}>` : source;
}

function writeLogs(): string {
  const entries = LOG_ENTRIES.map((entry) =>
    [
      `### ${entry.id}`,
      `**${entry.title}** (${entry.cause}). ${entry.why}`,
      [
        ...entry.now.map(writeRemedy),
        `- Properly: ${entry.properly ?? entry.advice}`,
        `- Source: ${writeSource(entry.source)}`,
      ].join('\n'),
    ].join('\n\n'),
  );
  return ['## In logs', ...entries].join('\n\n');
}

function writeLanes(): string {
  const entries = KNOWLEDGE_BASE.map((entry) =>
    [
      `### ${entry.id} on lanes`,
      `**${entry.title}** (${entry.cause}).`,
      [
        `- ${entry.advice}`,
        ...(entry.qemu === undefined ? [] : [`- QEMU: ${entry.qemu}`]),
        ...(entry.syscalls === undefined ? [] : [`- System calls: ${entry.syscalls.join(', ')}`]),
        `- Source: ${writeSource(entry.source)}`,
      ].join('\n'),
    ].join('\n\n'),
  );
  return ['## On lanes', ...entries].join('\n\n');
}

await keepGenerated('docs/knowledge.md', [INTRODUCTION, writeLogs(), writeLanes()].join('\n\n'), {
  parser: 'markdown',
  script: 'scripts/generate-knowledge.ts',
});
