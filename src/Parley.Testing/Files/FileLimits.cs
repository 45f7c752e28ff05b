namespace Parley.Testing.Files;

/// <summary>What a scenario file may be at most. Files written by people are far below; a larger one is an accident or an attack.</summary>
internal static class FileLimits
{
    /// <summary>1 MiB of text.</summary>
    internal const int Bytes = 1 << 20;

    /// <summary>As the messages of the protocol.</summary>
    internal const int Depth = 64;

    /// <summary>Values, those of repeated anchors counted each time: a few lines of YAML can stand for billions.</summary>
    internal const int Nodes = 100_000;

    /// <summary>More problems than anybody reads; the rest is counted.</summary>
    internal const int Problems = 200;
}
