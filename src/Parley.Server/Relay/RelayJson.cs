using System.Text.Json.Serialization;

namespace Parley.Server.Relay;

[JsonSerializable(typeof(string))]
internal sealed partial class RelayJson : JsonSerializerContext;
