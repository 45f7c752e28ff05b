using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// <see cref="LiveSession"/> as an <see cref="IRealtimeClientSession"/>. Sending is safe from any thread; reading is for one at a time, and may
/// stop and begin anew. Read it all the time, as the session itself.
/// </summary>
public sealed class LiveRealtimeClientSession : IRealtimeClientSession
{
    private readonly LiveSession _session;
    private readonly ChatClientMetadata _metadata;
    private readonly ServerMessages _reading;
    private readonly ClientMessages _sending;

    internal LiveRealtimeClientSession(
        LiveSession session, LiveSetup setup, RealtimeSessionOptions? options, ChatClientMetadata metadata, bool encodeAudio)
    {
        var calls = new OpenCalls();
        _session = session;
        _metadata = metadata;
        _reading = new ServerMessages(calls, setup.AutomaticTools, encodeAudio);
        _sending = new ClientMessages(session, setup, options, calls);
    }

    /// <summary>What the session was opened with, and what a session update changed since; null where it was opened without.</summary>
    public RealtimeSessionOptions? Options => _sending.Options;

    /// <summary>
    /// Sends a message. Audio goes out at once, also while others wait. A new item of the conversation waits for
    /// <see cref="CreateResponseRealtimeClientMessage"/> or for the next sound; results of functions wait until every call of their message
    /// has one, or for <see cref="CreateResponseRealtimeClientMessage"/>. A message whose raw representation is a
    /// <see cref="Protocol.LiveSessionRequest"/> goes out as that.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="NotSupportedException">The Live API cannot do this; the text says what can be done.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public Task SendAsync(RealtimeClientMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _sending.SendAsync(message, cancellationToken);
    }

    /// <summary>
    /// What the server says from here on, in order; the stream ends after <see cref="LiveMessageTypes.SessionEnded"/>, without an exception.
    /// Leave the loop when you like: enumerating again goes on where it stopped.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Somebody else reads this session.</exception>
    public async IAsyncEnumerable<RealtimeServerMessage> GetStreamingResponseAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (_reading.TryTake(out var left))
            yield return left;
        await foreach (var update in _session.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            _reading.Read(update);
            while (_reading.TryTake(out var message))
                yield return message;
        }
    }

    /// <summary>This session, its <see cref="LiveSession"/>, or <see cref="ChatClientMetadata"/> for telemetry.</summary>
    /// <param name="serviceType">What is asked for.</param>
    /// <param name="serviceKey">No service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_session) ? _session
            : serviceType.IsInstanceOfType(_metadata) ? _metadata
            : null;
    }

    /// <summary>Hangs up, politely and within a bound.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
