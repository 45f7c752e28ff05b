using BenchmarkDotNet.Running;
using Parley.Bench.Codec;

BenchmarkSwitcher.FromTypes([typeof(DecodeBenchmarks), typeof(EncodeBenchmarks)]).Run(args, BenchConfig.Create());
