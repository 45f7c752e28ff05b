using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>What the server seals with. Whoever holds it can forge tokens and handles; it never leaves the machine.</summary>
internal interface ILiveSecrets
{
    /// <summary>Protects what is given to clients and comes back.</summary>
    IDataProtectionProvider Protection { get; }

    /// <summary>A key of 32 random bytes for one purpose, always the same.</summary>
    byte[] Key(string purpose);
}
