using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Parley.Recording.Files;
using Parley.Recording.Sealing;
using Parley.Recording.Sessions;
using Parley.Recording.Transcripts;
using Parley.Server.Wire;

namespace Parley.Recording;

/// <summary>The records in a folder: lists, opens and deletes them. A singleton of a server with <c>AddRecording</c>. Safe for use by many threads.</summary>
public sealed class LiveRecordings
{
    private readonly string _folder;
    private readonly IDataProtectionProvider? _protection;
    private readonly TimeProvider _time;
    private readonly SessionRecorder? _recorder;

    /// <summary>Opens the records of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="protection">The keys of the server that wrote them; null if they are not encrypted.</param>
    public LiveRecordings(string folder, IDataProtectionProvider? protection = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        (_folder, _protection, _time) = (Path.GetFullPath(folder), protection, TimeProvider.System);
    }

    internal LiveRecordings(RecorderServices services, SessionRecorder recorder) =>
        (_folder, _protection, _time, _recorder) = (services.Folder, services.Keys, services.Time, recorder);

    /// <summary>Reads all records, the newest first. One that cannot be read, such as one encrypted with other keys, is left out.</summary>
    public IReadOnlyList<LiveRecording> List()
    {
        var found = new List<LiveRecording>();
        foreach (var id in Ids())
        {
            if (TryReadFacts(id) is { } facts)
                found.Add(Describe(facts));
        }
        return [.. found.OrderByDescending(static record => record.Started)];
    }

    /// <summary>Finds a record.</summary>
    /// <returns>Null if there is none, or it cannot be read.</returns>
    public LiveRecording? Find(string id) => IsId(id) && TryReadFacts(id) is { } facts ? Describe(facts) : null;

    /// <summary>Opens the audio of a record, decrypted. Reading throws <see cref="InvalidDataException"/> where an encrypted file was changed or
    /// truncated.</summary>
    /// <exception cref="FileNotFoundException">There is no such record.</exception>
    public Stream OpenAudio(string id)
    {
        foreach (var extension in (ReadOnlySpan<string>)[".opus", ".wav"])
        {
            if (IsId(id) && OpenFile(id + extension) is { } stream)
                return stream;
        }
        throw NotFound(id);
    }

    /// <summary>Opens the facts and transcripts of a record, as JSON, decrypted.</summary>
    /// <exception cref="FileNotFoundException">There is no such record.</exception>
    public Stream OpenFacts(string id) => (IsId(id) ? OpenFile(id + RecordFiles.Json) : null) ?? throw NotFound(id);

    /// <summary>Opens the subtitles of a record, as WebVTT, decrypted.</summary>
    /// <exception cref="FileNotFoundException">There is no such record, or it is being written.</exception>
    public Stream OpenSubtitles(string id) => (IsId(id) ? OpenFile(id + RecordFiles.Vtt) : null) ?? throw NotFound(id);

    /// <summary>Deletes a record.</summary>
    /// <returns>False if there is none, or it is being written.</returns>
    public bool Delete(string id) => IsId(id) && _recorder?.IsRunning(id) is not true && RecordFiles.Delete(_folder, id);

    /// <summary>Deletes all records of a session.</summary>
    /// <returns>How many.</returns>
    public int DeleteSession(string sessionId) => DeleteAll(record => record.SessionId == sessionId);

    /// <summary>Deletes all records of an owner (<see cref="Server.LiveCaller.Owner"/>).</summary>
    /// <returns>How many.</returns>
    public int DeleteOwner(string owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        var hash = SessionRecorder.HashOf(owner);
        return DeleteAll(record => record.OwnerHash == hash);
    }

    internal Task StopAsync() => _recorder?.StopAsync() ?? Task.CompletedTask;

    /// <summary>Records that a killed server left.</summary>
    internal IEnumerable<RecordFacts> Unfinished() => Ids().Select(TryReadFacts).OfType<RecordFacts>().Where(static facts => !facts.Complete);

    /// <summary>Ids of the records that are to be deleted: too old, then the oldest ones until the rest fits.</summary>
    internal IReadOnlyList<string> Expired(TimeSpan? retention, long? maxBytes)
    {
        var records = Ids().Where(id => _recorder?.IsRunning(id) is not true)
            .Select(id => (Id: id, Changed: new DateTimeOffset(FilesOf(id).Max(File.GetLastWriteTimeUtc), TimeSpan.Zero), Bytes: SizeOf(id))).OrderBy(static record => record.Changed).ToList();
        var now = _time.GetUtcNow();
        List<string> expired = [.. records.Where(record => now - record.Changed > retention).Select(static record => record.Id)];
        records.RemoveAll(record => expired.Contains(record.Id));
        for (var left = records.Sum(static record => record.Bytes); left > maxBytes && records.Count > 0; records.RemoveAt(0))
        {
            expired.Add(records[0].Id);
            left -= records[0].Bytes;
        }
        return expired;
    }

    private int DeleteAll(Func<LiveRecording, bool> matches) => List().Where(matches).Count(record => Delete(record.Id));

    private List<string> Ids() => !Directory.Exists(_folder) ? []
        : [.. Directory.EnumerateFiles(_folder).Select(static path => Path.GetFileName(path).Split('.')[0]).Where(IsId).Distinct(StringComparer.Ordinal)];

    private IEnumerable<string> FilesOf(string id) => Directory.EnumerateFiles(_folder, id + ".*");

    private long SizeOf(string id) => FilesOf(id).Sum(static path => new FileInfo(path).Length);

    private RecordFacts? TryReadFacts(string id)
    {
        try
        {
            using var stream = OpenFile(id + RecordFiles.Json);
            if (stream is null)
                return null;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return RecordJson.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private Stream? OpenFile(string name)
    {
        var path = Path.Combine(_folder, name);
        if (File.Exists(path))
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (!File.Exists(path + RecordFiles.Sealed))
            return null;
        if (_protection is null)
            throw new InvalidDataException("The record is encrypted. Give the data folder or the database of the server that wrote it.");
        var stream = new FileStream(path + RecordFiles.Sealed, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new SealedReader(stream, _protection);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private LiveRecording Describe(RecordFacts facts) => new(
        facts.Id, facts.SessionId, facts.Started, TimeSpan.FromSeconds(facts.Seconds), facts.Model, facts.KeyId, facts.Owner,
        facts.Audio.Format == "wav" ? RecordingFormat.Wav : RecordingFormat.Opus, File.Exists(Path.Combine(_folder, facts.Id + RecordFiles.Json + RecordFiles.Sealed)), facts.Outcome, SizeOf(facts.Id));

    // Ids become names of files.
    private static bool IsId(string id) => id.Length == 2 * RandomId.Bytes && id.All(char.IsAsciiHexDigitLower);

    private static FileNotFoundException NotFound(string id) => new($"There is no record {id}.");
}
