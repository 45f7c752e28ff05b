using Microsoft.Extensions.DependencyInjection;
using Parley.Recording.Tests.Support;
using Parley.Server.Sessions;
using Parley.TestKit;

namespace Parley.Recording.Tests;

/// <summary>Clients are told that they are recorded.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private const string Text = "This call is recorded.";

    private const string ResumableSetup = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{}}}""";

    private readonly string _wav = Path.Combine(Path.GetTempPath(), $"parley-announcement-{Guid.NewGuid():n}.wav");

    public AnnouncementTests() => new WavFile(16_000, Script.Level(500, rateHz: 16_000)).Save(_wav);

    public void Dispose() => File.Delete(_wav);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_session_begins_with_the_announcement(bool relayed)
    {
        await using var host = await RecordingHost.StartAsync(Configure, relayed: relayed);
        await using var client = await host.OpenAsync();
        var model = await host.SessionAsync();
        model.Say(Script.Level(100), "Hello");
        model.CompleteTurn();

        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the announcement");
        Assert.Equal(6, client.Received.Count(static frame => frame.At("serverContent", "modelTurn") is not null) + client.Received.Count(frame => SaidText(frame) == Text));
        await client.ReceiveUntilAsync(frame => SaidText(frame) == "Hello", "the model");
        await host.PassAsync(1_000);
        await host.EndAsync(client);

        Assert.Equal([Text, "Hello"], host.Facts.Transcripts.Select(static transcript => transcript.Text));
        Assert.Equal(0.6, host.Facts.Transcripts[1].End);
    }

    [Theory]
    [InlineData(500, 5)]
    [InlineData(0, 0)]
    [InlineData(61_000, 0)]
    [InlineData(-1, 0)]
    public async Task A_voice_speaks_the_announcement_if_there_is_no_file(int milliseconds, int chunks)
    {
        await using var host = await RecordingHost.StartAsync(static options => options.Announcement = Text, live => live.Services.AddSingleton<IAnnouncementVoice>(new FixedVoice(milliseconds)));
        await using var client = await host.OpenAsync();

        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the announcement");

        Assert.Equal(chunks, client.Received.Count(static frame => frame.At("serverContent", "modelTurn") is not null));
        Assert.Single(client.Received, static frame => SaidText(frame) == Text);
    }

    [Fact]
    public async Task A_client_that_gets_text_reads_it()
    {
        await using var host = await RecordingHost.StartAsync(Configure);
        await using var client = await host.OpenAsync("""{"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{"responseModalities":["TEXT"]}}}""");

        var frame = await client.ReceiveAsync();

        Assert.Equal(Text, frame.At("serverContent", "modelTurn", "parts")!.Value[0].GetProperty("text").GetString());
        Assert.True((await client.ReceiveAsync()).At("serverContent", "turnComplete") is not null);
    }

    [Fact]
    public async Task A_resumed_session_has_a_record_of_its_own_and_no_second_announcement()
    {
        await using var host = await RecordingHost.StartAsync(Configure);
        await using var first = await host.OpenAsync(ResumableSetup);
        (await host.SessionAsync()).Output.Checkpoint(new object());
        var update = await first.ReceiveUntilAsync(static frame => frame.At("sessionResumptionUpdate", "newHandle") is not null, "a handle");
        var handle = update.At("sessionResumptionUpdate", "newHandle")!.Value.GetString();
        await first.Socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await first.ExpectCloseAsync(skipMessages: true);

        await using var second = await host.OpenAsync(ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal));
        (await host.SessionAsync()).Say(Script.Level(100));
        var frame = await second.ReceiveUntilAsync(static frame => frame.Has("serverContent"), "the model");
        await host.EndAsync(second);

        Assert.DoesNotContain(second.Received, frame => SaidText(frame) == Text);
        var records = new LiveRecordings(host.Folder).List();
        Assert.Equal(2, records.Count);
        Assert.Single(records.Select(static record => record.SessionId).Distinct());
    }

    [Fact]
    public async Task The_answer_to_the_upgrade_says_so()
    {
        await using var host = await RecordingHost.StartAsync(Configure);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await socket.ConnectAsync(host.Host.WebSocketUri(RecordingHost.Path), host.Host.Invoker, CancellationToken.None);

        Assert.Equal(["announced"], socket.HttpResponseHeaders![RecordingHeader.Name]);
    }

    private static string? SaidText(LiveFrame frame) => frame.At("serverContent", "outputTranscription", "text")?.GetString();

    private void Configure(RecordingOptions options) => (options.Announcement, options.AnnouncementAudio) = (Text, _wav);

    private sealed class FixedVoice(int milliseconds) : IAnnouncementVoice
    {
        public Task<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken) =>
            milliseconds < 0 ? throw new InvalidOperationException("No engine.") : Task.FromResult<ReadOnlyMemory<byte>>(Pcm.ToBytes(Script.Level(milliseconds)));
    }
}
