namespace Parley.Cli;

/// <summary>The exit codes of all commands.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>The command failed: network, server fault, missing file.</summary>
    internal const int Failure = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>The server refused the key, the model or the setup.</summary>
    internal const int Refused = 3;
}
