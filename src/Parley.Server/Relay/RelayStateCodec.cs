using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Server.Relay;

/// <summary>The state of a relayed session as bytes: <c>{"Upstream":"first","Handle":"…"}</c>.</summary>
internal sealed class RelayStateCodec : ILiveCheckpointCodec
{
    public string Kind => "relay-1";

    public bool Takes(object state) => state is RelayState;

    public StoredCheckpoint Store(object state) => new(JsonSerializer.SerializeToUtf8Bytes((RelayState)state, RelayStateJson.Default.RelayState), []);

    public object Restore(StoredCheckpoint stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Data.Span, RelayStateJson.Default.RelayState) is { Upstream: not null, Handle: not null } state
                ? state
                : throw new FormatException("The state of a relayed session is not whole.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The state of a relayed session is not readable.", e);
        }
    }
}

[JsonSerializable(typeof(RelayState))]
internal sealed partial class RelayStateJson : JsonSerializerContext;
