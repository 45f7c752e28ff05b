using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>What is queued for a client: a message, a whole frame, a chunk of an answer, or the close. A value, so that queueing allocates nothing.</summary>
internal readonly struct OutgoingItem
{
    private readonly object? _content;

    internal OutgoingItem(LiveSessionResponse message) => _content = message;

    internal OutgoingItem(LiveClose close) => _content = close;

    internal OutgoingItem(WireMessage frame) => _content = frame;

    internal OutgoingItem(in LiveMedia media) => Media = media;

    internal LiveSessionResponse? Message => _content as LiveSessionResponse;

    internal LiveClose? Close => _content as LiveClose;

    internal WireMessage? Frame => _content as WireMessage;

    internal bool IsMedia => _content is null;

    internal LiveMedia Media { get; }
}
