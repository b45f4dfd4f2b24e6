export { chunkSamples, compareSeriesTo } from './compare-bench.ts';
export { averageRatios } from './average-ratios.ts';
export { judgeBench } from './judge-bench.ts';
export { runBench, type BenchLane, type BenchRun } from './run-bench.ts';
export { summariseSamples, type BenchSeries } from './summarise-bench.ts';
