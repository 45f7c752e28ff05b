using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Extensions.AI;

/// <summary>Conversions between the client and the abstraction.</summary>
public static class LiveRealtimeExtensions
{
    /// <summary>
    /// Wraps the client as an <see cref="IRealtimeClient"/>: <c>client.AsRealtimeClient("gemini-3.8-live").AsBuilder().UseLogging()…</c>.
    /// To get the client back: <c>realtimeClient.GetService&lt;LiveClient&gt;()</c>.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="model">Default model of sessions.</param>
    public static IRealtimeClient AsRealtimeClient(this LiveClient client, string? model = null)
    {
        var options = new LiveRealtimeClientOptions();
        options.Setup = options.Setup with { Model = model };
        return client.AsRealtimeClient(options);
    }

    /// <summary>Wraps the client as an <see cref="IRealtimeClient"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">Settings of every session.</param>
    public static IRealtimeClient AsRealtimeClient(this LiveClient client, LiveRealtimeClientOptions options) => new LiveRealtimeClient(client, options);

    /// <summary>Returns the Live session that a session wraps, for everything the abstraction does not define.</summary>
    /// <param name="session">The session, with or without middleware.</param>
    /// <exception cref="InvalidOperationException">The session does not wrap a <see cref="LiveSession"/>.</exception>
    public static LiveSession AsLiveSession(this IRealtimeClientSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.GetService(typeof(LiveSession)) as LiveSession
            ?? throw new InvalidOperationException("This session does not wrap a LiveSession: it belongs to another provider. Create it with LiveRealtimeClient.");
    }

    /// <summary>
    /// Lets the Live session run the functions; <see cref="LiveFunctionInvokingRealtimeClient"/> describes the differences to
    /// <c>UseFunctionInvocation</c> of Microsoft.Extensions.AI. Use one of the two.
    /// </summary>
    /// <param name="builder">A pipeline that ends in a <see cref="LiveRealtimeClient"/>.</param>
    /// <param name="configure">Changes the middleware.</param>
    /// <exception cref="InvalidOperationException">When built: the pipeline does not end in a <see cref="LiveRealtimeClient"/>.</exception>
    public static RealtimeClientBuilder UseLiveFunctionInvocation(
        this RealtimeClientBuilder builder, Action<LiveFunctionInvokingRealtimeClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((inner, services) =>
        {
            var client = new LiveFunctionInvokingRealtimeClient(inner, services);
            configure?.Invoke(client);
            return client;
        });
    }
}
