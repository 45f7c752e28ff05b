using Microsoft.AspNetCore.DataProtection;
using Parley.Recording;
using Parley.Recording.Files;
using Parley.Recording.Transcripts;
using Parley.Server.Storage;

namespace Parley.Cli.Tests.Commands;

/// <summary><c>parley recordings</c>.</summary>
public sealed class RecordingsTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private readonly CliRun _cli = new();

    private string Folder => _cli.PathOf("calls");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Records_are_listed_and_shown()
    {
        Write(RecordingFormat.Opus, null);

        var list = await _cli.RunAsync("recordings", "list", Folder, "--json");
        var show = await _cli.RunAsync("recordings", "show", Folder, Id);

        Assert.Equal((0, Id, 1.0), (list.ExitCode, list.Json[0].GetProperty("id").GetString(), list.Json[0].GetProperty("seconds").GetDouble()));
        Assert.Equal("recordingList", list.Json[1].GetProperty("type").GetString());
        Assert.Contains("Good morning", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_record_is_exported_with_the_keys_of_its_server_only()
    {
        using (var database = new LiveDatabase(_cli.PathOf("data")))
            Write(RecordingFormat.Wav, new StoredSecrets(database).Protection);

        var refused = await _cli.RunAsync("recordings", "export", Folder, Id, "--data", Directory.CreateDirectory(_cli.PathOf("other")).FullName);
        var exported = await _cli.RunAsync("recordings", "export", Folder, Id, "--output", _cli.PathOf("out"));

        Assert.Equal(1, refused.ExitCode);
        Assert.True(exported.ExitCode == 0, exported.ToString());
        Assert.Equal(24_000, WavFile.Load(Path.Combine(_cli.PathOf("out"), Id + ".wav")).Samples.Length);
        Assert.Contains("Good morning", File.ReadAllText(Path.Combine(_cli.PathOf("out"), Id + ".vtt")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("--session", "session-1")]
    [InlineData("--owner", "user:anna")]
    public async Task Records_are_deleted(params string[] what)
    {
        Write(RecordingFormat.Opus, null);

        var result = await _cli.RunAsync(["recordings", "delete", Folder, .. what]);

        Assert.Equal((0, "1 record deleted"), (result.ExitCode, Assert.Single(result.OutputLines)));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("There is no record x.", "delete", "FOLDER", "x")]
    [InlineData("There is no record x.", "show", "FOLDER", "x")]
    [InlineData("There is no folder none.", "list", "none")]
    [InlineData("Give the id of a record, --session or --owner.", "delete", "FOLDER")]
    public async Task Mistakes_are_named(string expected, params string[] arguments)
    {
        Directory.CreateDirectory(Folder);

        var result = await _cli.RunAsync(["recordings", .. arguments.Select(argument => argument == "FOLDER" ? Folder : argument)]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    private void Write(RecordingFormat format, IDataProtectionProvider? protection)
    {
        Directory.CreateDirectory(Folder);
        var files = new RecordFiles(Folder, Id, format, protection);
        using var audio = files.CreateAudio(48_000);
        for (var i = 0; i < 50; i++)
            audio.Write(new short[960]);
        audio.Complete();
        var facts = new RecordFacts
        {
            Id = Id, SessionId = "session-1", Model = "models/m", Node = "n", KeyId = "k", Owner = Parley.Recording.Sessions.SessionRecorder.HashOf("user:anna"),
            Started = DateTimeOffset.UnixEpoch, Seconds = 1, Complete = true, Outcome = "completed",
            Audio = new RecordAudioFacts(files.AudioName, format == RecordingFormat.Wav ? "wav" : "opus", 24_000, ["user", "model"]),
            Transcripts = [new RecordTranscript("model", 0, 1, "Good morning", Spoken: true)],
        };
        files.WriteFacts(facts);
        files.WriteSubtitles(facts);
    }
}
