using Microsoft.AspNetCore.DataProtection;
using Parley.Recording.Sealing;
using Parley.Recording.Transcripts;
using Parley.Server.Storage;

namespace Parley.Recording.Files;

/// <summary>The files of one record: audio, facts and subtitles. Encrypted ones have another name.</summary>
/// <param name="folder">The folder.</param>
/// <param name="id">Id of the record.</param>
/// <param name="format">How its audio is stored.</param>
/// <param name="protection">Encrypts the files; null = not encrypted.</param>
internal sealed class RecordFiles(string folder, string id, RecordingFormat format, IDataProtectionProvider? protection)
{
    internal const string Sealed = ".sealed", Json = ".json", Vtt = ".vtt";

    private static readonly string[] Extensions = [".opus", ".wav", Json, Vtt];

    /// <summary>Opens the audio file; tests put a full disk here.</summary>
    internal Func<string, Stream> Open { get; init; } = static path => PrivateFiles.Open(path, FileMode.CreateNew);

    internal string AudioName => id + (format == RecordingFormat.Opus ? ".opus" : ".wav");

    internal string AudioPath => PathOf(AudioName);

    internal string JsonPath => PathOf(id + Json);

    /// <summary>Patterns of the files of records, for a folder that is made private.</summary>
    internal static string[] Patterns => [.. Extensions.SelectMany(static extension => new[] { "*" + extension, "*" + extension + Sealed })];

    /// <summary>Creates the audio file.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    internal IAudioFile CreateAudio(int bitrate)
    {
        var stream = Open(AudioPath);
        try
        {
            var target = protection is null ? stream : new SealedWriter(stream, protection);
            // The serial number separates the streams of a file; here there is one.
            IAudioFile file = format == RecordingFormat.Opus ? new OpusFile(target, Convert.ToUInt32(id[..8], 16), bitrate) : new StereoWavFile(target);
            return protection is null ? file : new SealedAudioFile(file, (SealedWriter)target);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    internal void WriteFacts(RecordFacts facts) => Write(id + Json, RecordJson.Write(facts));

    /// <exception cref="IOException">It cannot be written.</exception>
    internal void WriteSubtitles(RecordFacts facts) => Write(id + Vtt, WebVtt.Write(facts.Transcripts));

    /// <summary>Deletes every file of a record.</summary>
    /// <returns>Whether there was one.</returns>
    internal static bool Delete(string folder, string id)
    {
        var found = false;
        if (!Directory.Exists(folder))
            return found;
        // The facts last: they make it a record, and a deletion that fails can be repeated. A crash may have left files that were being written.
        foreach (var path in Directory.EnumerateFiles(folder, id + ".*").OrderBy(static path => path.EndsWith(Json, StringComparison.Ordinal)).ToList())
        {
            File.Delete(path);
            found = true;
        }
        return found;
    }

    private string PathOf(string name) => Path.Combine(folder, protection is null ? name : name + Sealed);

    private void Write(string name, byte[] content)
    {
        if (protection is null)
        {
            PrivateFiles.Write(PathOf(name), content);
            return;
        }
        using var buffer = new MemoryStream();
        using var writer = new SealedWriter(buffer, protection);
        writer.Write(content);
        writer.Complete();
        PrivateFiles.Write(PathOf(name), buffer.ToArray());
    }
}

/// <summary>An encrypted audio file.</summary>
internal sealed class SealedAudioFile(IAudioFile inner, SealedWriter writer) : IAudioFile
{
    public long Bytes => inner.Bytes;

    public void Write(ReadOnlySpan<short> frame) => inner.Write(frame);

    public void Flush() => inner.Flush();

    public void Complete()
    {
        inner.Complete();
        writer.Complete();
    }

    public void Dispose() => inner.Dispose();
}
