namespace Parley.Server;

/// <summary>Where ephemeral tokens live.</summary>
internal interface ITokenStore
{
    /// <summary>Keeps a token and returns its name, which is the credential; null where there are too many.</summary>
    string? Add(EphemeralToken token);

    /// <summary>The token of a name; null where it was never minted, or is long over.</summary>
    EphemeralToken? Find(string name);
}
