using Microsoft.AspNetCore.Builder;

namespace Parley.Server;

/// <summary>Takes part in the calls of an endpoint.</summary>
public static class LiveCallEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Lets the server take part in every session of these endpoints: <c>app.MapLiveApi().OnCall(call => call.AddTool(…))</c>. Called before a session starts, for
    /// each of its connections; see <see cref="ILiveCallHandler"/>.
    /// </summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="handle">Called with each call.</param>
    public static TBuilder OnCall<TBuilder>(this TBuilder builder, Action<LiveCall> handle)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(handle);
        return builder.OnCall((call, _) =>
        {
            handle(call);
            return default;
        });
    }

    /// <inheritdoc cref="OnCall{TBuilder}(TBuilder, Action{LiveCall})"/>
    public static TBuilder OnCall<TBuilder>(this TBuilder builder, Func<LiveCall, CancellationToken, ValueTask> handle)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handle);
        builder.Add(endpoint => endpoint.Metadata.Add(new EndpointCallHandler(handle)));
        return builder;
    }
}

/// <summary>A handler of the calls of an endpoint, in its metadata.</summary>
internal sealed class EndpointCallHandler(Func<LiveCall, CancellationToken, ValueTask> handle) : ILiveCallHandler
{
    public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken) => handle(call, cancellationToken);
}
