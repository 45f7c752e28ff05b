using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>The secret keys of the server. They must never leave the machine: with them tokens and handles can be forged.</summary>
internal interface ILiveSecrets
{
    /// <summary>Encrypts what clients get and send back.</summary>
    IDataProtectionProvider Protection { get; }

    /// <summary>The key of a purpose: 32 random bytes, stable.</summary>
    byte[] Key(string purpose);
}
