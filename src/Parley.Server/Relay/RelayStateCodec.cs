using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Server.Relay;

/// <summary>Encodes the checkpoint of a relayed session: <c>{"Upstream":"first","Handle":"…"}</c>.</summary>
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
                : throw new FormatException("Incomplete relay state: upstream and handle are required.");
        }
        catch (JsonException e)
        {
            throw new FormatException("Unreadable relay state.", e);
        }
    }
}

[JsonSerializable(typeof(RelayState))]
internal sealed partial class RelayStateJson : JsonSerializerContext;
