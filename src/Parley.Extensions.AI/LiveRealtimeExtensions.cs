using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Extensions.AI;

/// <summary>From the client to the abstraction, and back.</summary>
public static class LiveRealtimeExtensions
{
    /// <summary>
    /// The client as an <see cref="IRealtimeClient"/>: <c>client.AsRealtimeClient("gemini-3.8-live").AsBuilder().UseLogging()…</c>. The way back is
    /// <c>realtimeClient.GetService&lt;LiveClient&gt;()</c>.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="model">Model of sessions that name none.</param>
    public static IRealtimeClient AsRealtimeClient(this LiveClient client, string? model = null)
    {
        var options = new LiveRealtimeClientOptions();
        options.Setup = options.Setup with { Model = model };
        return client.AsRealtimeClient(options);
    }

    /// <summary>The client as an <see cref="IRealtimeClient"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">What holds for every session.</param>
    public static IRealtimeClient AsRealtimeClient(this LiveClient client, LiveRealtimeClientOptions options) => new LiveRealtimeClient(client, options);

    /// <summary>The Live session below a session of the abstraction, for everything that has no word there.</summary>
    /// <param name="session">The session, middleware or not.</param>
    /// <exception cref="InvalidOperationException">It is the session of another provider.</exception>
    public static LiveSession AsLiveSession(this IRealtimeClientSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.GetService(typeof(LiveSession)) as LiveSession
            ?? throw new InvalidOperationException("There is no LiveSession below this session: it belongs to another provider.");
    }

    /// <summary>
    /// Lets the Live session run the functions: <see cref="LiveFunctionInvokingRealtimeClient"/> says how it differs from the library's
    /// <c>UseFunctionInvocation</c>. Use one of the two.
    /// </summary>
    /// <param name="builder">A pipeline that ends in a <see cref="LiveRealtimeClient"/>.</param>
    /// <param name="configure">Changes the middleware.</param>
    /// <exception cref="InvalidOperationException">When built: there is no Live client below.</exception>
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
