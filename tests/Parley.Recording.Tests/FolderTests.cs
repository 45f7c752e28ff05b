using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Recording.Files;
using Parley.Recording.Sealing;
using Parley.Recording.Tests.Support;
using Parley.Recording.Transcripts;
using Parley.Server;
using Parley.TestKit;

namespace Parley.Recording.Tests;

/// <summary>Records in their folder: encryption, deletion, retention.</summary>
public sealed class FolderTests
{
    private const string Secret = "The password is swordfish";

    [Fact]
    public async Task Encrypted_records_show_nothing_on_disk_and_everything_to_their_server()
    {
        await using var host = await EncryptedAsync();
        await using (var client = await host.OpenAsync())
        {
            await SayAsync(host, client);
            await host.EndAsync(client);
        }

        Assert.All(Directory.GetFiles(host.Folder), static path =>
        {
            Assert.EndsWith(RecordFiles.Sealed, path, StringComparison.Ordinal);
            Assert.DoesNotContain("swordfish", Encoding.Latin1.GetString(File.ReadAllBytes(path)), StringComparison.Ordinal);
        });
        await RestartEncryptedAsync(host);
        var record = Assert.Single(host.Recordings.List());
        Assert.True(record.IsEncrypted);
        Assert.Contains("swordfish", Encoding.UTF8.GetString(Read(host.Recordings.OpenFacts(record.Id))), StringComparison.Ordinal);
        Assert.Contains("swordfish", Encoding.UTF8.GetString(Read(host.Recordings.OpenSubtitles(record.Id))), StringComparison.Ordinal);
        // The lengths in the header of an encrypted file are open.
        Assert.Equal(StereoWavFile.HeaderBytes + (4 * 24_000 * 2), Read(host.Recordings.OpenAudio(record.Id)).Length);
        Assert.Empty(new LiveRecordings(host.Folder, new Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider()).List());
    }

    [Fact]
    public async Task An_encrypted_record_of_a_killed_server_loses_its_last_chunk_only()
    {
        await using var host = await EncryptedAsync();
        await using (var client = await host.OpenAsync())
        {
            for (var i = 0; i < 8; i++)
            {
                await SessionRecordingTests.SpeakAsync(client, 1_000);
                await host.PassAsync(1_000);
            }
            await host.EndAsync(client);
        }
        var audio = Directory.GetFiles(host.Folder, "*.wav" + RecordFiles.Sealed).Single();
        using (var file = File.OpenWrite(audio))
            file.SetLength(file.Length - 10_000);
        var protection = host.Host.Services.GetRequiredService<ISecretStore>().Protection;
        var json = Directory.GetFiles(host.Folder, "*.json" + RecordFiles.Sealed).Single();
        var facts = RecordJson.Read(Read(new SealedReader(File.OpenRead(json), protection)));
        new RecordFiles(host.Folder, facts.Id, RecordingFormat.Wav, protection).WriteFacts(facts with { Complete = false, Outcome = null });

        await RestartEncryptedAsync(host);

        var record = Assert.Single(host.Recordings.List());
        Assert.Equal("killed", record.Outcome);
        Assert.InRange(Read(host.Recordings.OpenAudio(record.Id)).Length, 500_000, 8 * 4 * 24_000);
    }

    [Fact]
    public async Task Encryption_needs_keys_that_outlive_the_process()
    {
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => RecordingHost.StartAsync(static options => options.Encrypt = true));

        Assert.Contains("Recording:Encrypt", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_deleted_by_id_session_and_owner_but_not_while_they_are_written()
    {
        await using var host = await RecordingHost.StartAsync();
        var client = await host.OpenAsync();
        var session = await host.SessionAsync();
        var running = Assert.Single(host.Recordings.List());
        Assert.Null(running.Outcome);
        Assert.False(host.Recordings.Delete(running.Id));
        await host.EndAsync(client);

        var recordings = new LiveRecordings(host.Folder);
        Assert.Equal((0, 0), (recordings.DeleteOwner("nobody"), recordings.DeleteSession("none")));
        Assert.Equal(1, recordings.DeleteOwner(session.Start.Caller!.Owner));
        Assert.Empty(Directory.GetFiles(host.Folder));
        Assert.False(recordings.Delete("../data"));
    }

    [Fact]
    public async Task Old_records_are_deleted_once_an_hour()
    {
        await using var host = await RecordingHost.StartAsync(static options => options.Retention = TimeSpan.FromDays(1));
        await using var client = await host.OpenAsync();
        var running = Assert.Single(host.Recordings.List()).Id;
        var now = host.Clock.GetUtcNow().UtcDateTime;
        Old(host.Folder, "11111111111111111111111111111111", now.AddHours(-25));
        Old(host.Folder, "22222222222222222222222222222222", now.AddHours(-20));

        await host.Clock.TimerAsync(Hosting.RecordingService.SweepInterval);
        host.Clock.Advance(Hosting.RecordingService.SweepInterval);

        Assert.Equivalent(new[] { "22222222222222222222222222222222", running }, Directory.GetFiles(host.Folder, "*.json").Select(Path.GetFileNameWithoutExtension), strict: true);
    }

    [Fact]
    public void The_oldest_records_are_deleted_until_the_rest_fits()
    {
        var folder = Directory.CreateTempSubdirectory("parley-recording-");
        try
        {
            for (var i = 1; i <= 4; i++)
                Old(folder.FullName, new string((char)('0' + i), 32), new DateTime(2026, 1, i, 0, 0, 0, DateTimeKind.Utc));

            Assert.Equal([new string('1', 32), new string('2', 32)], new LiveRecordings(folder.FullName).Expired(retention: null, maxBytes: 2_500));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<RecordingHost> EncryptedAsync() => RecordingHost.StartAsync(static options => options.Encrypt = true, inDataFolder: true);

    private static Task RestartEncryptedAsync(RecordingHost host) => host.RestartAsync(static options => options.Encrypt = true, inDataFolder: true);

    private static async Task SayAsync(RecordingHost host, LiveSocket client)
    {
        var model = await host.SessionAsync();
        model.Say(Script.Level(1_000), Secret);
        model.CompleteTurn();
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the turn");
        await host.PassAsync(2_000);
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    private static void Old(string folder, string id, DateTime changed)
    {
        var path = Path.Combine(folder, id + ".json");
        File.WriteAllText(path, new string(' ', 1_000));
        File.SetLastWriteTimeUtc(path, changed);
    }
}
