using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Testing.Emulator;

/// <summary>Bodies of the control API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SpaceBody))]
[JsonSerializable(typeof(SpaceList))]
[JsonSerializable(typeof(NewSpace))]
[JsonSerializable(typeof(AdvanceBody))]
[JsonSerializable(typeof(TimeBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(CutBody))]
[JsonSerializable(typeof(FaultList))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary><c>{"key":"test-key","url":"http://127.0.0.1:40123","control":"http://127.0.0.1:40123/_parley/spaces/test-key", …}</c></summary>
/// <param name="Key">The API key that leads to the space.</param>
/// <param name="Url">Base URL of the API.</param>
/// <param name="Control">Base URL of the control API of this space.</param>
/// <param name="Scenario">Name of the scenario; null = the server repeats what it hears.</param>
/// <param name="Connections">How many connections there were.</param>
/// <param name="Time">Time of its virtual clock, in seconds since the start; null = real time.</param>
/// <param name="Rules">The rules, and how often each was used.</param>
internal sealed record SpaceBody(string Key, string Url, string Control, string? Scenario, int Connections, double? Time, IReadOnlyList<string> Rules);

internal sealed record SpaceList(IReadOnlyList<SpaceBody> Spaces);

/// <summary><c>{"key":"mine","scenario":"lamp"}</c>, or with a scenario of its own.</summary>
/// <param name="Key">The key; null = a random one.</param>
/// <param name="Scenario">Name of a scenario that the emulator was started with, or a scenario; null = that of the emulator.</param>
internal sealed record NewSpace(string? Key = null, JsonElement? Scenario = null);

/// <summary><c>{"time":"60m"}</c></summary>
internal sealed record AdvanceBody(string? Time = null);

/// <summary><c>{"time":3600}</c>: seconds since the start.</summary>
internal sealed record TimeBody(double Time);

/// <summary><c>{"ok":true}</c></summary>
internal sealed record VerifyBody(bool Ok);

/// <summary><c>{"connections":1}</c></summary>
internal sealed record CutBody(int Connections);

/// <summary><c>{"faults":["…"],"injected":[{"point":"firstAudio","action":"cut","connection":1,"time":0.012}]}</c></summary>
/// <param name="Faults">The faults in words.</param>
/// <param name="Injected">What has happened.</param>
internal sealed record FaultList(IReadOnlyList<string> Faults, IReadOnlyList<FaultEvent> Injected);

internal sealed record FaultEvent(string Point, string Action, int Connection, double Time);
