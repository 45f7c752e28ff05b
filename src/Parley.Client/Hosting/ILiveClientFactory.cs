namespace Parley.Client;

/// <summary>Makes the clients that <c>AddLiveClient</c> registered, by name.</summary>
public interface ILiveClientFactory
{
    /// <summary>
    /// The client of a name: the same one until its options change, such as by another key in the configuration. Cheap; sessions that are open
    /// keep the client they have.
    /// </summary>
    /// <param name="name">The name; default the client that was registered without one.</param>
    /// <exception cref="InvalidOperationException">No client of that name is registered.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Its options cannot work.</exception>
    LiveClient CreateClient(string name = "");
}
