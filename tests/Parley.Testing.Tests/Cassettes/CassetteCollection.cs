namespace Parley.Testing.Tests.Cassettes;

/// <summary>Tests that wait for a quiet process very often: beside tests that compute, each wait would take its longest time.</summary>
[CollectionDefinition("Cassettes", DisableParallelization = true)]
public sealed class CassetteCollection;
