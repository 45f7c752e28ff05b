namespace Parley.Server;

/// <summary>Who sent a message.</summary>
public enum LiveDirection
{
    /// <summary>The client.</summary>
    FromClient,

    /// <summary>The server.</summary>
    ToClient,
}
