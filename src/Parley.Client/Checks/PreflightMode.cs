namespace Parley.Client;

/// <summary>
/// What a client does about settings and messages that the model will refuse or ignore (<see cref="Protocol.PreflightFinding"/>).
/// </summary>
public enum PreflightMode
{
    /// <summary>Throws before sending what would be refused, and logs what would be ignored. The default.</summary>
    Throw,

    /// <summary>Logs everything and sends it: for a model whose profile is out of date.</summary>
    Log,

    /// <summary>Checks nothing.</summary>
    Off,
}
