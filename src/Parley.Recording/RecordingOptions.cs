using System.ComponentModel.DataAnnotations;

namespace Parley.Recording;

/// <summary>Recording of calls. Read from the configuration section <c>Recording</c>; <c>docs/recording.md</c> explains it.</summary>
public sealed class RecordingOptions
{
    /// <summary>Folder of the records; created if missing, and readable by this user only. Required. Each server of several needs a folder of its
    /// own.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How audio is stored; default <see cref="RecordingFormat.Opus"/>.</summary>
    public RecordingFormat Format { get; set; }

    /// <summary>Bits per second of both channels of Opus together; default 48,000, from 12,000 to 256,000.</summary>
    [Range(12_000, 256_000)]
    public int OpusBitrate { get; set; } = 48_000;

    /// <summary>
    /// What a client is told at the beginning of a new session: as text, or as transcription with <see cref="AnnouncementAudio"/>. The answer to the
    /// upgrade then has the header
    /// <c>Parley-Recording: announced</c>. Default none.
    /// </summary>
    [MaxLength(4_000)]
    public string? Announcement { get; set; }

    /// <summary>WAV file that is played to clients that get audio, telephones included; at most one minute. Needs <see cref="Announcement"/>. Default
    /// none: an <see cref="IAnnouncementVoice"/> speaks the text, if there is one.</summary>
    public string? AnnouncementAudio { get; set; }

    /// <summary>How long records are kept after their last change; older ones are deleted once an hour. Default: forever. From 1 hour to 10 years.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan? Retention { get; set; }

    /// <summary>Bytes of all records; beyond it, the oldest ones are deleted once an hour. Default: no limit. At least 1 MiB.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? MaxFolderBytes { get; set; }

    /// <summary>Encrypts records with keys that Data Protection protects. Needs a data folder or a database. Default false.</summary>
    public bool Encrypt { get; set; }

    /// <summary>
    /// Ends a session with 1011 if it cannot be recorded, at its beginning or later; default false: an error is logged and counted, and the call goes on.
    /// </summary>
    public bool Required { get; set; }

    /// <summary>Records the arguments of function calls; default false: their names only.</summary>
    public bool ToolArguments { get; set; }

    /// <summary>
    /// Records only callers with this entry in <see cref="Server.LiveCaller.Metadata"/>, with the value <c>true</c>. Default none: all callers, unless
    /// <see cref="IRecordingPolicy"/> says otherwise.
    /// </summary>
    [MaxLength(64)]
    public string? ConsentEntry { get; set; }

    /// <summary>What is removed before anything is written.</summary>
    public RecordingRedactionOptions Redact { get; } = new();
}

/// <summary>What is removed from records: from the text, and from the audio, which becomes silent there.</summary>
public sealed class RecordingRedactionOptions
{
    /// <summary>Card numbers: 13 to 19 digits with a valid check digit, also as English words; default false.</summary>
    public bool Cards { get; set; }

    /// <summary>Email addresses; default false.</summary>
    public bool Emails { get; set; }

    /// <summary>Telephone numbers: 7 to 15 digits, also as English words; default false.</summary>
    public bool PhoneNumbers { get; set; }

    /// <summary>Regular expressions without backtracking (no look-around, no back-references), case-insensitive. Default none.</summary>
    public IList<string> Patterns { get; } = [];

    internal bool IsAny => Cards || Emails || PhoneNumbers || Patterns.Count > 0;
}
