import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { openHtmlReport } from './html-report.ts';
import { milliseconds, type BenchRow } from './result.ts';
import { timeSuite, timeXargs } from './scale-suite.ts';

const SMALL = 10;
const MIDDLE = 1000;
const LARGE = 10_000;

/** How time and memory grow with the cases, what more jobs bring, and what shards cost on one machine. */
export async function benchScale(context: BenchContext): Promise<BenchRow[]> {
  const { runs } = context;
  await timeSuite(context, SMALL);
  return [
    ...(await growCases(context, runs(LARGE) === 1 ? MIDDLE * 2 : LARGE)),
    ...(await compareJobs(context)),
    ...(await compareShards(context)),
  ];
}

async function growCases(context: BenchContext, large: number): Promise<BenchRow[]> {
  const few = await timeSuite(context, SMALL);
  const some = await timeSuite(context, MIDDLE);
  const many = await timeSuite(context, large);
  context.say(`scale: ${[few, some, many].map(({ seconds }) => milliseconds(seconds)).join(', ')}`);
  const early = (some.seconds - few.seconds) / (MIDDLE - SMALL);
  const late = (many.seconds - some.seconds) / (large - MIDDLE);
  const record = join(context.directory, 'record.ndjson');
  const report = await openHtmlReport(context, { record, cases: large });
  const growth = (many.maxRssKb - some.maxRssKb) / 1024;
  return [
    {
      work: `a case more, from ${String(MIDDLE)} to ${String(large)}`,
      ours: milliseconds(late),
      peer: `from ${String(SMALL)} to ${String(MIDDLE)} ${milliseconds(early)}`,
      ratio: (late / early).toFixed(2),
      target: 'linear (≤ 1.15 ×)',
      met: late / early <= 1.15,
    },
    {
      work: `peak memory at ${String(large)} cases`,
      ours: `${(many.maxRssKb / 1024).toFixed(0)} MB`,
      peer: `at ${String(MIDDLE)} cases ${(some.maxRssKb / 1024).toFixed(0)} MB`,
      ratio: `+ ${growth.toFixed(0)} MB`,
      target: 'flat (≤ + 40 MB)',
      met: growth <= 40,
    },
    ...report,
  ];
}

async function compareJobs(context: BenchContext): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const jobs of [1, 2, 4, 8]) {
    const ours = await timeSuite(context, MIDDLE, { jobs });
    const peer = await timeXargs(context, MIDDLE, jobs);
    const overhead = (ours.seconds - peer.seconds) / MIDDLE;
    rows.push({
      work: `1,000 cases, ${String(jobs)} ${jobs === 1 ? 'job' : 'jobs'}`,
      ours: milliseconds(ours.seconds),
      peer: `\`xargs -P${String(jobs)}\` ${milliseconds(peer.seconds)}`,
      ratio: `${(ours.seconds / peer.seconds).toFixed(2)}, ${(overhead * 1000).toFixed(2)} ms a case more`,
      target: 'shown',
      met: true,
    });
  }
  return rows;
}

async function compareShards(context: BenchContext): Promise<BenchRow[]> {
  const whole = await timeSuite(context, MIDDLE);
  const rows: BenchRow[] = [];
  for (const count of [2, 4]) {
    let seconds = 0;
    for (let index = 1; index <= count; index += 1) {
      const record = join(context.directory, `shard-${String(index)}.ndjson`);
      const flags = ['--shard', `${String(index)}/${String(count)}`, '--record', record];
      seconds += (await timeSuite(context, MIDDLE, { flags })).seconds;
    }
    rows.push({
      work: `the same in ${String(count)} shards, one after the other`,
      ours: milliseconds(seconds),
      peer: `in one ${milliseconds(whole.seconds)}`,
      ratio: (seconds / whole.seconds).toFixed(2),
      target: 'shown',
      met: true,
    });
  }
  return rows;
}
