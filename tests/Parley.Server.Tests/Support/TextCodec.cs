using System.Text;

namespace Parley.Server.Tests.Support;

/// <summary>Stores states that are texts; the parts after a bar are stored as media.</summary>
internal sealed class TextCodec : ILiveCheckpointCodec
{
    public string Kind => "text";

    public bool Takes(object state) => state is string;

    public StoredCheckpoint Store(object state)
    {
        var parts = ((string)state).Split('|');
        return new StoredCheckpoint(Encoding.UTF8.GetBytes(parts[0]), [.. parts[1..].Select(static part => (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(part))]);
    }

    public object Restore(StoredCheckpoint stored) =>
        string.Join('|', stored.Media.Select(static media => media is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "lost").Prepend(Encoding.UTF8.GetString(stored.Data.Span)));
}
