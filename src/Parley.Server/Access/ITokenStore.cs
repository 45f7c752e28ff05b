namespace Parley.Server.Access;

/// <summary>Where ephemeral tokens live, and where their uses are counted: once each, whoever asks at the same time.</summary>
internal interface ITokenStore
{
    /// <summary>Keeps a token; false where there are too many.</summary>
    ValueTask<bool> AddAsync(EphemeralToken token);

    /// <summary>The token of an id; null where it is long over.</summary>
    EphemeralToken? Find(string id);

    /// <summary>Takes one use; false where none is left. What it took stays taken, also where the server dies in the next moment.</summary>
    ValueTask<bool> TryUseAsync(EphemeralToken token);
}
