using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol.Models;

namespace Parley.Protocol;

/// <summary>
/// The profiles of the known models, read from one data file that the client and the server share. It comes with the library and can be
/// replaced by a newer file at run time; <c>docs/client.md</c> describes its form. Safe for use by many threads.
/// </summary>
public sealed class LiveModelProfiles
{
    private static readonly Lazy<LiveModelProfiles> Embedded = new(static () =>
    {
        using var json = typeof(LiveModelProfiles).Assembly.GetManifestResourceStream("Parley.Protocol.Models.model-profiles.json")!;
        return Load(json);
    });

    private readonly ProfilesFile _file;

    private LiveModelProfiles(ProfilesFile file)
    {
        _file = file;
        All = [.. file.Profiles.Select(profile => profile.ToProfile(file))];
        PublicModels = [.. file.Models.Select(static model => KeyValuePair.Create(model.Id, model.DisplayName))];
    }

    /// <summary>The profiles that came with the library.</summary>
    public static LiveModelProfiles BuiltIn => Embedded.Value;

    /// <summary>The profile of a model that no entry fits: it accepts everything, and only the rules common to all models apply.</summary>
    public static LiveModelProfile Unknown { get; } = new() { Name = "unknown model" };

    /// <summary>Date of the file, as it gives it; null if it does not.</summary>
    public string? Updated => _file.Updated;

    /// <summary>The profiles in the order in which they are tried: the first that fits a model counts.</summary>
    public IReadOnlyList<LiveModelProfile> All { get; }

    /// <summary>Ids and display names of the models of the public service, newest first.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PublicModels { get; }

    /// <summary>Reads profiles from a file in the form of the one that comes with the library.</summary>
    /// <param name="json">UTF-8 JSON; not closed.</param>
    /// <exception cref="JsonException">The file is not of that form; the text says where.</exception>
    public static LiveModelProfiles Load(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var file = JsonSerializer.Deserialize(json, ProfilesJson.Default.ProfilesFile) ?? throw new JsonException("The file of profiles is empty.");
        file.Validate();
        return new LiveModelProfiles(file);
    }

    /// <summary>The profile of a model; <see cref="Unknown"/> if none fits.</summary>
    /// <param name="model">Its name, with or without a prefix such as <c>models/</c>.</param>
    public LiveModelProfile Find(string? model)
    {
        var id = model is null ? "" : model[(model.LastIndexOf('/') + 1)..];
        return All.FirstOrDefault(profile => profile.Models.Any(pattern => ModelPattern.IsMatch(id, pattern))) ?? Unknown;
    }

    /// <summary>Lists what the setup's model will refuse or ignore, as far as it is known.</summary>
    /// <param name="setup">The setup as it goes on the wire, in lowerCamelCase and without <c>setup</c> around it.</param>
    /// <param name="service"><c>developer</c> or <c>vertex</c> for rules that only one of Google's services has; null = neither.</param>
    /// <param name="version">Version of the API, such as <c>v1beta</c>; null = rules of a single version do not apply.</param>
    public IReadOnlyList<PreflightFinding> Check(JsonObject setup, string? service = null, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var profile = Find(setup["model"]?.ToString());
        return
        [
            .. ProfileChecks.Of(setup, profile, service),
            .. from rule in _file.Common.Concat(profile.Rules)
               where (rule.Service is null || rule.Service == service) && (rule.Version is null || rule.Version == version)
               from path in RuleReader.Matches(rule, setup)
               select new PreflightFinding(rule.Severity, "setup." + path, rule.Reason, rule.Hint, profile.Name),
        ];
    }
}
