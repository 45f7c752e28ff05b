using System.Globalization;
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

    internal const string VertexService = "vertex";

    private readonly ProfilesFile _file;

    private LiveModelProfiles(ProfilesFile file, DateOnly? day = null)
    {
        _file = file;
        All = [.. file.Profiles.Select(profile => profile.ToProfile(file)).Where(profile => profile.IsInForce(day))];
        Voices = [.. file.VoiceCharacters];
    }

    /// <summary>The profiles that came with the library.</summary>
    public static LiveModelProfiles BuiltIn => Embedded.Value;

    /// <summary>The profile of a model that no entry fits: it accepts everything, and only the rules common to all models apply.</summary>
    public static LiveModelProfile Unknown { get; } = new() { Name = "unknown model" };

    /// <summary>Date of the file, as it gives it; null if it does not.</summary>
    public string? Updated => _file.Updated;

    /// <summary>The same as a day; the first of all days if the file does not give it.</summary>
    internal DateOnly Day => DateOnly.TryParse(Updated, CultureInfo.InvariantCulture, out var day) ? day : DateOnly.MinValue;

    /// <summary>
    /// The profiles in the order in which they are tried: the first that fits a model counts. Those in force now, or on the day of <see cref="On"/>.
    /// </summary>
    public IReadOnlyList<LiveModelProfile> All { get; }

    /// <summary>The models of the public service, newest first, with those that were shut down.</summary>
    public IReadOnlyList<PublicModel> PublicModels => _file.Models;

    /// <summary>Names of all prebuilt voices, each with one word that describes it, in the order in which the service lists them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Voices { get; }

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

    /// <summary>The profiles that were in force on a day: the service changes its models.</summary>
    /// <param name="day">The day.</param>
    public LiveModelProfiles On(DateOnly day) => new(_file, day);

    /// <summary>The profile of a model; <see cref="Unknown"/> if none fits.</summary>
    /// <param name="model">Its name, with or without a prefix such as <c>models/</c>.</param>
    /// <param name="service"><c>vertex</c> for the rules of Vertex; null (the default) = those of the Developer API.</param>
    public LiveModelProfile Find(string? model, string? service = null)
    {
        var id = model is null ? "" : model[(model.LastIndexOf('/') + 1)..];
        var found = All.FirstOrDefault(profile => profile.Models.Any(pattern => ModelPattern.IsMatch(id, pattern))) ?? Unknown;
        if (service != VertexService)
            return found;
        var onVertex = _file.Vertex?.Apply(found) ?? found;
        return found.Vertex?.Apply(onVertex) ?? onVertex;
    }

    /// <summary>Lists what the setup's model will refuse or ignore, as far as it is known.</summary>
    /// <param name="setup">The setup as it goes on the wire, in lowerCamelCase and without <c>setup</c> around it.</param>
    /// <param name="service"><c>developer</c> or <c>vertex</c> for rules that only one of Google's services has; null = neither.</param>
    /// <param name="version">Version of the API, such as <c>v1beta</c>; null = rules of a single version do not apply.</param>
    public IReadOnlyList<PreflightFinding> Check(JsonObject setup, string? service = null, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var profile = Find(setup["model"]?.ToString(), service);
        return
        [
            .. ProfileChecks.Of(setup, profile, service),
            .. from rule in Rules(profile, service, version)
               from path in RuleReader.Matches(rule, setup)
               select new PreflightFinding(rule.Severity, "setup." + path, rule.Reason, rule.Hint, profile.Name),
        ];
    }

    /// <summary>The reason with which the service closes a session of this setup, as far as it is known and no typed member of the profile says it.</summary>
    internal string? CloseReason(JsonObject setup, LiveModelProfile profile, string service, string version) =>
        Rules(profile, service, version).FirstOrDefault(rule => rule.Close is not null && RuleReader.Matches(rule, setup).Any())?.Close;

    private IEnumerable<SetupRule> Rules(LiveModelProfile profile, string? service, string? version) => _file.Common.Concat(profile.Rules)
        .Where(rule => (rule.Service is null || rule.Service == service) && (rule.Version is null || rule.Version == version));
}
