using BenchmarkDotNet.Running;
using Parley.Bench.Codec;

BenchmarkSwitcher.FromTypes([typeof(DecodeBenchmarks), typeof(EncodeBenchmarks), typeof(ServerInputBenchmarks)]).Run(args, BenchConfig.Create());
