using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Recording.Sessions;
using Parley.Recording.Tests.Support;
using Parley.Recording.Transcripts;
using Parley.TestKit;

namespace Parley.Recording.Tests;

/// <summary>Full disks, killed servers, and callers who are not to be recorded.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_ends_the_record_and_the_call_only_if_it_must_be_recorded(bool required)
    {
        await using var host = await RecordingHost.StartAsync(options => options.Required = required);
        host.Host.AllowErrors(static entry => entry.EventId.Id == EventIds.RecordFailed);
        host.Host.Services.GetRequiredService<RecorderServices>().OpenAudio = static _ => new FullDisk(200_000);
        await using var client = await host.OpenAsync();
        var model = await host.SessionAsync();
        for (var i = 0; i < 40; i++)
        {
            await SessionRecordingTests.SpeakAsync(client, 1_000);
            await host.PassAsync(1_000);
        }

        await host.Host.Logs.FirstAsync(static entry => entry.EventId.Id == EventIds.RecordFailed, "the record fails");
        if (required)
        {
            Assert.Equal(1011, (await client.ExpectCloseAsync()).Code);
            return;
        }
        model.CompleteTurn();
        Assert.True((await client.ReceiveAsync()).At("serverContent", "turnComplete") is not null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_cannot_be_created_refuses_the_session_only_if_it_is_required(bool required)
    {
        await using var host = await RecordingHost.StartAsync(options => options.Required = required);
        host.Host.AllowErrors(static entry => entry.EventId.Id == EventIds.RecordNotStarted);
        host.Host.Services.GetRequiredService<RecorderServices>().OpenAudio = static _ => throw new IOException("No space left on device");
        await using var client = await LiveSocket.ConnectAsync(host.Host, RecordingHost.Path);
        await client.SendJsonAsync(RecordingHost.Setup);

        if (required)
            Assert.Equal(1011, (await client.ExpectCloseAsync()).Code);
        else
            Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
    }

    [Fact]
    public async Task Callers_without_consent_are_not_recorded()
    {
        await using var host = await RecordingHost.StartAsync(static options => options.ConsentEntry = "recording");
        await using var client = await host.OpenAsync();
        await host.EndAsync(client);

        Assert.Empty(Directory.GetFiles(host.Folder));
    }

    [Fact]
    public async Task The_policy_decides_which_sessions_are_recorded()
    {
        await using var host = await RecordingHost.StartAsync(live: static live => live.Services.AddSingleton<IRecordingPolicy>(new Policy()));
        await using var client = await host.OpenAsync();
        await host.EndAsync(client);

        Assert.Empty(Directory.GetFiles(host.Folder));
    }

    [Theory]
    [InlineData(RecordingFormat.Wav)]
    [InlineData(RecordingFormat.Opus)]
    public async Task The_record_of_a_killed_server_is_closed_at_the_next_start(RecordingFormat format)
    {
        await using var host = await RecordingHost.StartAsync(options => options.Format = format);
        await using var client = await host.OpenAsync();
        for (var i = 0; i < 8; i++)
        {
            await SessionRecordingTests.SpeakAsync(client, 1_000);
            await host.PassAsync(1_000);
        }
        await host.EndAsync(client);
        Break(host.Folder, format);

        await host.RestartAsync(options => options.Format = format);

        var record = Assert.Single(host.Recordings.List());
        Assert.Equal("killed", record.Outcome);
        using var stream = host.Recordings.OpenAudio(record.Id);
        var audio = new MemoryStream();
        await stream.CopyToAsync(audio);
        var left = format == RecordingFormat.Wav ? StereoWav.Parse(audio.ToArray()).Left : OggReader.Decode(audio.ToArray()).Left;
        Assert.InRange(left.Length / 24_000.0, 6.5, 8);
        Assert.InRange(record.Duration.TotalSeconds, 6.5, 8);
    }

    // As a crash leaves it: the facts of the middle, half a page at the end of the audio.
    private static void Break(string folder, RecordingFormat format)
    {
        var json = Directory.GetFiles(folder, "*.json").Single();
        File.WriteAllBytes(json, RecordJson.Write(RecordJson.Read(File.ReadAllBytes(json)) with { Complete = false, Outcome = null, Seconds = 1 }));
        using var audio = File.OpenWrite(Directory.GetFiles(folder, format == RecordingFormat.Wav ? "*.wav" : "*.opus").Single());
        audio.SetLength(audio.Length - (format == RecordingFormat.Wav ? 1_001 : 41));
    }

    private sealed class Policy : IRecordingPolicy
    {
        public bool ShouldRecord(Parley.Server.LiveSessionFacts session, Setup setup) => setup.Tools is not null;
    }

    private sealed class FullDisk(long space) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > space)
                throw new IOException("No space left on device");
            base.Write(buffer);
        }
    }
}
