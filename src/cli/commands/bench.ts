import { benchSubjects } from '../../app/bench.ts';
import { writeExports } from '../../app/bench-words.ts';
import { describeLaneSettings } from '../../app/lane-settings.ts';
import { ExitCode } from '../../core/index.ts';
import { BENCH_OPTIONS, type BenchArguments } from '../bench/bench-options.ts';
import { readBenchRequest } from '../bench/read-request.ts';
import { rewriteBenchWords } from '../bench/rewrite-words.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';

export const benchCommand: Command = {
  usage: 'bench [options] [SUITE … | COMMAND …] [-- WORDS…]',
  describe:
    'Measure commands on several lanes in random order, and say how much slower one is than the other, with\n' +
    'an interval. COMMAND is a text for sh -c, WORDS are one command as it is. With --binary both are\n' +
    'arguments of the program, with --image commands in the image, else commands of this machine.\n\nLanes:\n' +
    describeLaneSettings(),
  examples: [
    ["archparity bench 'gzip -k a' 'zstd -k a'", 'two commands of this machine'],
    [
      'archparity bench --binary linux/amd64=a --binary linux/arm64=b -- encode in',
      'a program on both platforms',
    ],
    ['archparity bench --image oci:build/app -- app --version', 'a command in an image'],
    ['archparity bench --metric instructions --binary linux/arm64=b', 'what does not move'],
    ['archparity bench … --baseline main.json --fail-above 5%', 'a gate'],
  ],
  splitsAtDashes: true,
  rewriteWords: rewriteBenchWords,
  options: BENCH_OPTIONS,
  run: async (argv) => {
    const options = argv as unknown as BenchArguments;
    const request = await readBenchRequest(options);
    const outcome = await cancelOnSignals(async (cancelSignal) => {
      try {
        return await benchSubjects({ ...request, cancelSignal });
      } catch (error) {
        if (cancelSignal.aborted) return undefined;
        throw error;
      }
    });
    if (outcome === undefined) return ExitCode.interrupted;
    if (options.json) process.stdout.write(`${JSON.stringify(outcome.report, null, 2)}\n`);
    writeExports(outcome.report, {
      hyperfine: options['export-hyperfine'],
      csv: options['export-csv'],
      markdown: options['export-markdown'],
      go: options['export-go'],
      smallerIsBetter: options['export-smaller-is-better'],
    });
    return outcome.exitCode;
  },
};
