using System.IO.Enumeration;
using System.Text.Json;
using Parley.Client.Profiles;

namespace Parley.Client;

/// <summary>
/// What is known of the models, as data: which settings each refuses or ignores. Comes with the library and can be replaced by a newer file
/// at run time; <c>docs/client.md</c> describes its form. Safe for use by many threads.
/// </summary>
public sealed class LiveModelProfiles
{
    private static readonly Lazy<LiveModelProfiles> Embedded = new(static () =>
    {
        using var json = typeof(LiveModelProfiles).Assembly.GetManifestResourceStream("Parley.Client.Profiles.profiles.json")!;
        return Load(json);
    });

    private readonly ProfilesFile _file;

    private LiveModelProfiles(ProfilesFile file) => _file = file;

    /// <summary>The profiles that came with the library.</summary>
    public static LiveModelProfiles BuiltIn => Embedded.Value;

    /// <summary>A model that no profile knows: only the rules that hold for all models are applied.</summary>
    public static LiveModelProfile Unknown { get; } = new() { Name = "unknown model" };

    /// <summary>State of knowledge, as the file gives it.</summary>
    public string? Updated => _file.Updated;

    /// <summary>The profiles; the first that fits a model counts.</summary>
    public IReadOnlyList<LiveModelProfile> All => _file.Profiles;

    /// <summary>Reads profiles from a file in the form of the one that comes with the library.</summary>
    /// <param name="json">UTF-8 JSON; not closed.</param>
    /// <exception cref="JsonException">The file is not of that form; the text says where.</exception>
    public static LiveModelProfiles Load(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var file = JsonSerializer.Deserialize(json, ProfilesJson.Default.ProfilesFile) ?? throw new JsonException("The file of profiles is empty.");
        foreach (var profile in file.Profiles)
        {
            if (profile.Sets.FirstOrDefault(set => !file.Sets.ContainsKey(set)) is { } missing)
                throw new JsonException($"Profile {profile.Name} names the set \"{missing}\", which the file does not have.");
        }
        foreach (var rule in file.Common.Concat(file.Sets.Values.SelectMany(static set => set)).Concat(file.Profiles.SelectMany(static p => p.Rules)))
            RuleReader.RequireKnown(rule);
        return new LiveModelProfiles(file);
    }

    /// <summary>The profile of a model.</summary>
    /// <param name="model">Its name, with or without a prefix such as <c>models/</c>.</param>
    public LiveModelProfile Find(string? model)
    {
        var id = model is null ? "" : model[(model.LastIndexOf('/') + 1)..];
        foreach (var profile in _file.Profiles)
        {
            if (profile.Models.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, id)))
                return profile;
        }
        return Unknown;
    }

    internal IEnumerable<PreflightRule> RulesOf(LiveModelProfile profile) =>
        _file.Common.Where(rule => !rule.Not.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, profile.Name)))
            .Concat(profile.Sets.SelectMany(set => _file.Sets.TryGetValue(set, out var rules) ? rules : []))
            .Concat(profile.Rules);
}
