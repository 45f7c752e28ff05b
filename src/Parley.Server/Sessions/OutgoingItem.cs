using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>One item of the send queue: a message, an encoded message, a media chunk or the close. A value type, so that queueing allocates nothing.</summary>
internal readonly struct OutgoingItem
{
    private readonly object? _content;

    internal OutgoingItem(LiveSessionResponse message) => _content = message;

    internal OutgoingItem(LiveClose close) => _content = close;

    internal OutgoingItem(WireMessage message) => _content = message;

    internal OutgoingItem(in LiveMedia media) => Media = media;

    internal LiveSessionResponse? Message => _content as LiveSessionResponse;

    /// <summary>A message that is already encoded.</summary>
    internal WireMessage? Encoded => _content as WireMessage;

    internal LiveClose? Close => _content as LiveClose;

    internal bool IsMedia => _content is null;

    internal LiveMedia Media { get; }
}
