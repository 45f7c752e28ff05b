using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Parley.Recording.Redaction;
using Parley.Server;
using Parley.Server.Storage;

namespace Parley.Recording;

/// <summary>Checks the options at the start of the server.</summary>
internal sealed class RecordingOptionsValidator(ISecretStore? secrets = null) : IValidateOptions<RecordingOptions>
{
    internal static readonly TimeSpan MaxAnnouncement = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, RecordingOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        List<string> failures = [.. results.Select(static result => $"Recording: {result.ErrorMessage}")];
        if (string.IsNullOrWhiteSpace(options.Folder))
            failures.Add("Recording:Folder must be set: the folder of the records.");
        if (!Enum.IsDefined(options.Format))
            failures.Add("Recording:Format must be Opus or Wav.");
        if (options.Encrypt && secrets is EphemeralSecrets)
            failures.Add("Recording:Encrypt needs keys that outlive this process: use a data folder (--data) or a database.");
        if (options.AnnouncementAudio is { } audio)
            CheckAudio(audio, options.Announcement, failures);
        foreach (var pattern in options.Redact.Patterns)
        {
            try
            {
                PatternRedactor.Check(pattern);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                failures.Add($"Recording:Redact:Patterns: '{pattern}' is not a regular expression without backtracking: {e.Message}");
            }
        }
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static void CheckAudio(string path, string? text, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(text))
            failures.Add("Recording:AnnouncementAudio needs Recording:Announcement with the same text.");
        try
        {
            if (WavFile.Load(path).Duration > MaxAnnouncement)
                failures.Add("Recording:AnnouncementAudio must last one minute at most.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            failures.Add($"Recording:AnnouncementAudio cannot be read: {e.Message}");
        }
    }
}
