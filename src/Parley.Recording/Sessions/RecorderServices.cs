using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Recording.Redaction;
using Parley.Recording.Telemetry;
using Parley.Server;

namespace Parley.Recording.Sessions;

/// <summary>What all records share.</summary>
internal sealed class RecorderServices
{
    public RecorderServices(
        IOptions<RecordingOptions> options, TimeProvider time, RecordingMetrics metrics, ISecretStore secrets, IEnumerable<IRecordRedactor> redactors, ILogger<SessionRecorder> logger)
    {
        (Options, Time, Metrics, Logger) = (options.Value, time, metrics, logger);
        Folder = Path.GetFullPath(Options.Folder);
        Keys = secrets.Protection;
        List<IRecordRedactor> all = [.. BuiltIn(Options.Redact), .. redactors];
        Redactor = all.Count > 0 ? new Redactor(all) : null;
    }

    internal RecordingOptions Options { get; }

    internal TimeProvider Time { get; }

    internal RecordingMetrics Metrics { get; }

    internal ILogger Logger { get; }

    internal string Folder { get; }

    /// <summary>Encrypts records; null = they are not encrypted.</summary>
    internal IDataProtectionProvider? Protection => Options.Encrypt ? Keys : null;

    /// <summary>Decrypts records, also those from before encryption was turned off.</summary>
    internal IDataProtectionProvider Keys { get; }

    /// <summary>Removes what must not be written; null = nothing.</summary>
    internal Redactor? Redactor { get; }

    /// <summary>Opens files; tests replace it.</summary>
    internal Func<string, Stream>? OpenAudio { get; set; }

    private static IEnumerable<IRecordRedactor> BuiltIn(RecordingRedactionOptions options)
    {
        if (options.Emails)
            yield return new PatternRedactor(@"[\p{L}\p{N}._%+-]+(@| at )[\p{L}\p{N}-]+((\.| dot )[\p{L}\p{N}-]+)+", "email");
        if (options.Cards || options.PhoneNumbers)
            yield return new NumberRedactor(options.Cards, options.PhoneNumbers);
        foreach (var pattern in options.Patterns)
            yield return new PatternRedactor(pattern, "redacted");
    }
}
