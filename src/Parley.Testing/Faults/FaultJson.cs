using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Parley.Testing.Faults;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(FaultDescription))]
[JsonSerializable(typeof(List<FaultDescription>))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class FaultJson : JsonSerializerContext;
