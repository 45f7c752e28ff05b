namespace Parley.Bench.Cluster;

internal sealed record BenchOptions(int Rounds, int Sessions);
