namespace Parley.EndToEnd.Harness;

/// <summary>Tests that need the machine for themselves: they run after the others, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealTime
{
    public const string Name = "Real time";
}
