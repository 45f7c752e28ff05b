using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// <see cref="LiveSession"/> as an <see cref="IRealtimeClientSession"/>. Sending is safe from any thread; only one reader may
/// enumerate at a time, and it may stop and enumerate again. Read it all the time, like the session itself.
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

    /// <summary>Options of the session, with the changes of session updates; null if it was opened without options.</summary>
    public RealtimeSessionOptions? Options => _sending.Options;

    /// <summary>
    /// Sends a message. Audio is sent at once, even while other messages wait. A new conversation item waits for
    /// <see cref="CreateResponseRealtimeClientMessage"/> or for the next audio; function results wait until every call of their message
    /// has one, or for <see cref="CreateResponseRealtimeClientMessage"/>. If the raw representation is a
    /// <see cref="Protocol.LiveSessionRequest"/>, that is sent.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="NotSupportedException">The Live API does not support this; the message says what to do instead.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public Task SendAsync(RealtimeClientMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _sending.SendAsync(message, cancellationToken);
    }

    /// <summary>
    /// The server's messages from now on, in order; the stream ends after <see cref="LiveMessageTypes.SessionEnded"/>, without an
    /// exception. Leave the loop at any time: enumerating again continues where it stopped.
    /// </summary>
    /// <param name="cancellationToken">Cancels the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Another loop is reading this session.</exception>
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
    /// <param name="serviceType">The requested type.</param>
    /// <param name="serviceKey">Must be null: no service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_session) ? _session
            : serviceType.IsInstanceOfType(_metadata) ? _metadata
            : null;
    }

    /// <summary>Closes the session, within a time limit.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
