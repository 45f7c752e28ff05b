using Parley.Client;

namespace Parley.Testing;

/// <summary>A Live server to evaluate.</summary>
public sealed class EvaluationTarget
{
    /// <summary>Creates a target.</summary>
    /// <param name="client">A client of the server. Calls run on its clock, in real time.</param>
    /// <param name="name">The server's name for the report.</param>
    /// <param name="timeProvider">The clock of the client; null = the system clock.</param>
    public EvaluationTarget(LiveClient client, string name, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Client, Name, Time) = (client, name, timeProvider ?? TimeProvider.System);
    }

    /// <summary>The server's name for the report.</summary>
    public string Name { get; }

    internal LiveClient Client { get; }

    internal TimeProvider Time { get; }

    /// <summary>Set if the clock of the server stands still until it is advanced.</summary>
    internal LiveTestServer? Virtual { get; private init; }

    /// <summary>A server at an address. A lost connection is not resumed: it ends its call, and the report says so.</summary>
    /// <param name="baseAddress">Its address: <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>.</param>
    /// <param name="apiKey">A key that it accepts.</param>
    /// <param name="configure">Changes the options of the client.</param>
    public static EvaluationTarget Of(Uri baseAddress, string apiKey, Action<LiveClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        var options = new LiveClientOptions { BaseAddress = baseAddress };
        options.Resumption.Enabled = false;
        configure?.Invoke(options);
        return new(LiveClient.FromApiKey(apiKey, options), baseAddress.GetLeftPart(UriPartial.Path), options.TimeProvider);
    }

    /// <summary>A server of this process. With its <see cref="TestClock"/> calls run in virtual time: an hour in seconds, and each run the same.</summary>
    /// <param name="server">The server.</param>
    public static EvaluationTarget Of(LiveTestServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var options = server.ClientOptions(static options => options.Resumption.Enabled = false);
        return new(LiveClient.FromApiKey(server.ApiKey, options), "LiveTestServer", options.TimeProvider) { Virtual = options.TimeProvider is TestClock ? server : null };
    }
}
