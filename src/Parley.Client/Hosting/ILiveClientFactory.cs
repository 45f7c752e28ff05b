namespace Parley.Client;

/// <summary>Creates the clients that <c>AddLiveClient</c> registered, by name.</summary>
public interface ILiveClientFactory
{
    /// <summary>
    /// Returns the client of a name: the same one until its options change, for example the key in the configuration. Cheap; open sessions
    /// keep their client.
    /// </summary>
    /// <param name="name">The name; default the client that was registered without a name.</param>
    /// <exception cref="InvalidOperationException">No client of that name is registered.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Its options are invalid.</exception>
    LiveClient CreateClient(string name = "");
}
