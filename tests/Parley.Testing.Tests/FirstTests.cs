using System.Diagnostics;
using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests;

public sealed class FirstTests(ITestOutputHelper log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripted_turn_is_answered()
    {
        for (var i = 0; i < 5; i++)
        {
            var at = Stopwatch.GetTimestamp();
            await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
            log.WriteLine($"start {Stopwatch.GetElapsedTime(at).TotalMilliseconds:0.0}");
            server.When("lamp").Says("Done.");
            await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = "gemini-2.5-flash-native-audio-preview-12-2025", OutputTranscription = true }, Cancellation);
            await session.SendTextAsync("the lamp, please", Cancellation);
            var text = "";
            await foreach (var update in session.ReadAllAsync(Cancellation))
            {
                if (update is OutputTranscriptUpdate transcript)
                    text += transcript.Text;
                if (update is TurnCompleteUpdate)
                    break;
            }
            log.WriteLine($"turn {Stopwatch.GetElapsedTime(at).TotalMilliseconds:0.0}");
            Assert.Equal("Done.", text);
            Assert.Equal(["the lamp, please"], server.Journal.Texts);
            server.Verify();
        }
    }

    [Fact]
    public async Task One_hour_passes_at_once()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = "gemini-2.5-flash-native-audio-preview-12-2025", ContextWindowCompression = new() { SlidingWindow = new() } }, Cancellation);
        var updates = new List<string>();
        var reading = Task.Run(async () =>
        {
            await foreach (var update in session.ReadAllAsync(Cancellation))
            {
                lock (updates)
                    updates.Add($"{server.Clock.Elapsed} {update}");
            }
        }, Cancellation);
        var at = Stopwatch.GetTimestamp();
        await server.AdvanceAsync(TimeSpan.FromMinutes(60), Cancellation);
        log.WriteLine($"hour {Stopwatch.GetElapsedTime(at).TotalMilliseconds:0.0}");
        await session.CloseAsync();
        await reading;
        foreach (var update in updates)
            log.WriteLine(update);
        log.WriteLine(server.Journal.ToString());
        Assert.Equal(7, server.Journal.Connections);
    }
}
