import type { Command } from './command.ts';

export interface CommandEntry {
  readonly name: string;
  readonly describe: string;
  readonly load: () => Promise<Command>;
}

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'test',
    describe: 'Compare arm64 behaviour with amd64, case by case',
    load: async () => (await import('./commands/test.ts')).testCommand,
  },
  {
    name: 'run',
    describe: 'Run one arm64 program or image with your terminal',
    load: async () => (await import('./commands/run.ts')).runCommandModule,
  },
  {
    name: 'build',
    describe: 'Build an arm64 image in several ways, measured and compared',
    load: async () => (await import('./commands/build.ts')).buildCommand,
  },
  {
    name: 'inspect',
    describe: 'Look at the platforms and programs of images, and at who may land where',
    load: async () => (await import('./commands/inspect.ts')).inspectCommand,
  },
  {
    name: 'bench',
    describe:
      'Measure commands on several lanes, and compare them with each other and with a baseline',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
  {
    name: 'report',
    describe: 'Show the record of a run again, in any format',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  {
    name: 'repro',
    describe: 'Run one recorded case again, in a shell, traced or in a debugger if you like',
    load: async () => (await import('./commands/repro.ts')).reproCommand,
  },
  {
    name: 'merge',
    describe: 'Join records of shards, machines and architectures, and compare across them',
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  },
  {
    name: 'probe',
    describe: 'Ask lanes what their kernel and CPU do, and show what differs from a real one',
    load: async () => (await import('./commands/probe.ts')).probeCommand,
  },
  {
    name: 'explain',
    describe: 'Say why a log is red: known emulation and architecture failures, and what to do',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'bisect',
    describe: 'Find the version of QEMU, the CPU model or the feature that turns a case',
    load: async () => (await import('./commands/bisect.ts')).bisectCommand,
  },
  {
    name: 'doctor',
    describe: 'Check what this machine can do, and say how to mend it',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'binfmt',
    describe: 'Register handlers of the whole host, for docker and everybody; test and remove them',
    load: async () => (await import('./commands/binfmt.ts')).binfmtCommand,
  },
  {
    name: 'vm',
    describe: 'Build, start, enter and stop arm64 microVMs',
    load: async () => (await import('./commands/vm.ts')).vmCommand,
  },
  {
    name: 'ssh',
    describe: 'Look at a host of an ssh lane, or clean it',
    load: async () => (await import('./commands/ssh.ts')).sshCommand,
  },
  {
    name: 'ls',
    describe: 'List images, lanes, microVMs or hosts with their CPU architecture',
    load: async () => (await import('./commands/ls.ts')).lsCommand,
  },
  {
    name: 'init',
    describe: 'Write a first suite and a CI job for what a repository has',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'k8s',
    describe: 'Write the manifest of a run on a Kubernetes cluster, on nodes of each architecture',
    load: async () => (await import('./commands/k8s.ts')).k8sCommand,
  },
  {
    name: 'schema',
    describe: 'Print the JSON Schema of suite files',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
  {
    name: 'completion',
    describe: 'Print the script that makes your shell complete commands and options',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
];
