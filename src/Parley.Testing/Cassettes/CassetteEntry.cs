using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;
using Parley.Testing.Cassettes;

namespace Parley.Testing;

/// <summary>A message, or the end, of a recorded connection.</summary>
public sealed class CassetteEntry
{
    private readonly MediaStore _media;

    internal CassetteEntry(MediaStore media) => _media = media;

    /// <summary>Number of its connection, from 1.</summary>
    public required int Connection { get; init; }

    /// <summary>Who sent it.</summary>
    public required LiveDirection Direction { get; init; }

    /// <summary>Text, binary or close.</summary>
    public required WebSocketMessageType Type { get; init; }

    /// <summary>Time since the recording began, in whole milliseconds.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Its causal position: how many messages the other side had sent on this connection before.</summary>
    public required int After { get; init; }

    /// <summary>
    /// The message with its original spacing; ids, handles and session ids are symbols (<c>$call1</c>), audio and pictures are references
    /// (<c>$audio:HASH@OFFSET+BYTES</c>). Empty for an end.
    /// </summary>
    public ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>Code of a close; null for a message and for a connection that was lost.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Reason of a close; null for a message.</summary>
    public string? CloseReason { get; init; }

    /// <summary>The connection was lost here, without a close.</summary>
    public bool IsLost => Type == WebSocketMessageType.Close && CloseCode is null;

    internal bool IsFromClient => Direction == LiveDirection.FromClient;

    internal bool IsMessage => Type != WebSocketMessageType.Close;

    /// <summary>Time, direction and the message with its spacing removed.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Time.TotalSeconds,9:0.000} s  {(IsFromClient ? "client" : "server")} #{Connection}  {Content}");

    /// <summary>The message as it is sent: references replaced by their media, symbols by values.</summary>
    /// <param name="valueOf">The value of a symbol.</param>
    internal byte[] Expand(Func<string, string> valueOf) => JsonText.Find(Message.Span) is { } texts
        ? JsonText.Replace(Message.Span, texts, text => ValueOf(text.Value, valueOf))
        : Message.ToArray();

    private string Content => this switch
    {
        { IsLost: true } => "connection lost",
        { CloseCode: { } code } => $"close {code} {CloseReason}".TrimEnd(),
        _ => Shorten(MessageForm.Of(Message.Span) is { } known ? Encoding.UTF8.GetString(new MessageForm(0, "").Write(known.Json)) : Encoding.UTF8.GetString(Message.Span)),
    };

    private static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..240]}… ({text.Length} characters)";

    private string? ValueOf(string text, Func<string, string> valueOf)
    {
        if (!text.StartsWith('$'))
            return null;
        if (SymbolTable.IsSymbol(text))
            return valueOf(text);
        if (MediaReference.TryParse(text, out var reference))
            return _media.Find(reference) is { } bytes ? Convert.ToBase64String(bytes.Span) : null;
        return SymbolTable.Unescape(text) is var plain && plain != text ? plain : null;
    }
}
