using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server;

/// <summary>
/// The secrets that tokens, resumption handles and console logins are sealed with. Servers that share sessions share them: a handle works on every server
/// that has them, and whoever has them can forge tokens and handles. Safe for use by many threads.
/// </summary>
public interface ISecretStore
{
    /// <summary>Encrypts what clients get and send back, such as tokens. Used at the first request, not before <see cref="GetKeyAsync"/> has been called.</summary>
    IDataProtectionProvider Protection { get; }

    /// <summary>
    /// Returns the key of a purpose: 32 random bytes, created when they are first asked for and never changed. Servers that ask at the same time get the same.
    /// Called at the start of the server.
    /// </summary>
    /// <param name="purpose">Name of the purpose, such as <c>handles</c>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StorageException">The store cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">The key cannot be decrypted; the message says what to do.</exception>
    ValueTask<ReadOnlyMemory<byte>> GetKeyAsync(string purpose, CancellationToken cancellationToken);
}
