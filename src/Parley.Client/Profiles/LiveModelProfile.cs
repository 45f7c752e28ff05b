using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Client;

/// <summary>When a model takes client content (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#42-clientcontent">protocol 4.2</see>).</summary>
public enum ClientContentUse
{
    /// <summary>At any time.</summary>
    Anytime,

    /// <summary>As initial history only, and only where the setup announced it.</summary>
    InitialHistory,
}

/// <summary>Whether functions that do not say block the model (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see>).</summary>
public enum FunctionUse
{
    /// <summary>The model waits for the answer.</summary>
    Blocking,

    /// <summary>The conversation goes on.</summary>
    NonBlocking,
}

/// <summary>What is known of a family of models: data, read from JSON; see <see cref="LiveModelProfiles"/>.</summary>
public sealed record LiveModelProfile
{
    /// <summary>Name, such as <c>gemini-3.8-live</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Ids of models without their prefix; <c>*</c> stands for anything.</summary>
    public IReadOnlyList<string> Models { get; init => field = value ?? []; } = [];

    /// <summary>When client content may be sent; default at any time.</summary>
    public ClientContentUse ClientContent { get; init; }

    /// <summary>What functions do that do not say; default blocking.</summary>
    public FunctionUse Functions { get; init; }

    /// <summary>Names of the sets of rules that hold for it.</summary>
    public IReadOnlyList<string> Sets { get; init => field = value ?? []; } = [];

    /// <summary>Rules of its own.</summary>
    public IReadOnlyList<PreflightRule> Rules { get; init => field = value ?? []; } = [];
}

/// <summary>When something in a setup will be refused or ignored.</summary>
public sealed record PreflightRule
{
    /// <summary>What becomes of it.</summary>
    public required PreflightSeverity Severity { get; init; }

    /// <summary>Conditions, all of which must hold; the path of the first is the one that is reported.</summary>
    public required IReadOnlyList<PreflightCondition> When { get; init; }

    /// <summary>Conditions are held against each of these, such as <c>tools[].functionDeclarations[]</c>; absent = the setup.</summary>
    public string? Each { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do.</summary>
    public required string Hint { get; init; }

    /// <summary><c>developer</c> or <c>vertex</c>: only there. Absent = everywhere.</summary>
    public string? Service { get; init; }

    /// <summary>Only in this version of the API, such as <c>v1beta</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Profiles it does not hold for, by name; <c>*</c> stands for anything.</summary>
    public IReadOnlyList<string> Not { get; init => field = value ?? []; } = [];
}

/// <summary>A condition on one member of the setup.</summary>
/// <param name="Path">Members with dots between them; <c>[]</c> behind a list means any of its elements.</param>
/// <param name="Is">
/// <c>present</c>, <c>absent</c>, <c>equal</c>, <c>notEqual</c> (or absent), <c>longerThan</c> and <c>shorterThan</c> (lists),
/// <c>notBelow</c> (the member whose path is the value), <c>unlike</c> (a regular expression).
/// </param>
/// <param name="Value">What it is compared with.</param>
public sealed record PreflightCondition(string Path, string Is, JsonElement? Value = null);

/// <summary>The file. What it leaves out comes as null from the reader, whatever the default here.</summary>
internal sealed record ProfilesFile
{
    public string? Updated { get; init; }

    public IReadOnlyList<PreflightRule> Common { get; init => field = value ?? []; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<PreflightRule>> Sets { get; init => field = value ?? new Dictionary<string, IReadOnlyList<PreflightRule>>(); } =
        new Dictionary<string, IReadOnlyList<PreflightRule>>();

    public required IReadOnlyList<LiveModelProfile> Profiles { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ProfilesFile))]
internal sealed partial class ProfilesJson : JsonSerializerContext;
