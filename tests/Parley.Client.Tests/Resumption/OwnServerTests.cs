using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Parley.Assistant;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Client.Tests.Resumption;

/// <summary>The client against Parley's own server, in memory: both ends of session resumption.</summary>
public class OwnServerTests
{
    private const string Key = "key-of-the-tests-4711";

    private static Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Configuration["Speech:Recognizer:Provider"] = "none";
            builder.Configuration["Speech:Detector:Provider"] = "energy";
            builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
            builder.Configuration["Cascade:AudioLead"] = "01:00:00";
            builder.Services.AddLiveApi(options =>
            {
                options.ApiKeys.Add(Key);
                configure?.Invoke(options);
            }).UseLocalModel();
        },
        static app =>
        {
            app.UseWebSockets();
            app.MapLiveApi();
        });

    private static Task<LiveSession> ConnectAsync(InMemoryHost host, bool transparent = false)
    {
        var options = new LiveClientOptions
        {
            BaseAddress = host.BaseAddress,
            Invoker = host.Invoker,
            // The tests cut connections in quick succession.
            Resumption = { Transparent = transparent, FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero, MaxAttempts = 1_000 },
        };
        var setup = new LiveSetup { Model = "gemini-live-2.5-flash-preview", ResponseModalities = [Modality.Text] };
        return Expect.WithinAsync(LiveClient.FromApiKey(Key, options).ConnectAsync(setup), "the session opens");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_survives_cut_connections(bool transparent)
    {
        await using var host = await StartAsync();
        await using var session = await ConnectAsync(host, transparent);
        await session.NextAsync<ResumptionUpdate>();
        for (var i = 0; i < 3; i++)
        {
            await session.SendTextAsync($"hello {i}");
            await session.NextAsync<TurnCompleteUpdate>();
            await session.NextAsync<ResumptionUpdate>();

            host.CutConnections();
            var back = await session.NextAsync<ReconnectedUpdate>();

            Assert.Equal((true, true, 0), (back.IsResumed, back.Lost.IsNothing, back.Resent));
        }
    }

    [Fact]
    public async Task A_question_asked_while_the_connection_breaks_is_answered()
    {
        await using var host = await StartAsync();
        await using var session = await ConnectAsync(host, transparent: true);
        await session.NextAsync<ResumptionUpdate>();

        var asking = session.SendTextAsync("hello").AsTask();
        host.CutConnections();
        await Expect.WithinAsync(asking, "the question is sent");

        await session.NextAsync<TurnCompleteUpdate>();
        Assert.NotEqual(0, session.Usage.TotalTokens);
    }

    [Fact]
    public async Task Every_goAway_is_followed_by_another_connection()
    {
        await using var host = await StartAsync(static options =>
        {
            options.Sessions.ConnectionLifetime = TimeSpan.FromMinutes(10);
            options.Sessions.GoAwayLead = TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(20);
        });
        await using var session = await ConnectAsync(host);
        for (var i = 0; i < 3; i++)
        {
            await session.NextAsync<GoAwayUpdate>();
            Assert.True((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
            await session.SendTextAsync("still there?");
            await session.NextAsync<TextUpdate>();
            await session.NextAsync<TurnCompleteUpdate>();
        }
    }

    /// <summary>Each model has its own order of turns, calls and results; the client waits for the spoken result in all of them.</summary>
    [Theory]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025")]
    [InlineData("gemini-2.0-flash-live-001")]
    public async Task An_exchange_with_a_function_is_answered_by_every_model(string model)
    {
        await using var host = await StartAsync();
        var options = new LiveClientOptions { BaseAddress = host.BaseAddress, Invoker = host.Invoker };
        var temperature = AIFunctionFactory.Create((string city) => $"42 degrees in {city}", "get_temperature");
        await using var session = await Expect.WithinAsync(
            LiveClient.FromApiKey(Key, options).ConnectAsync(new LiveSetup { Model = model, OutputTranscription = true, Tools = [temperature] }),
            "the session opens");

        for (var i = 0; i < 2; i++)
        {
            var answer = await Expect.WithinAsync(session.AskAsync("Call the function get_temperature with {\"city\":\"Oslo\"}"), "the exchange ends");

            Assert.Equal("get_temperature", answer.ToolCalls.Single().Name);
            Assert.Contains("42", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unknown_handle_after_a_server_restart_is_reported_as_the_cause()
    {
        await using var first = await StartAsync();
        await using var session = await ConnectAsync(first);
        await session.NextAsync<ResumptionUpdate>();
        var handle = session.ResumptionHandle;
        await using var restarted = await StartAsync();
        var options = new LiveClientOptions { BaseAddress = restarted.BaseAddress, Invoker = restarted.Invoker };
        var setup = new LiveSetup { Model = "gemini-live-2.5-flash-preview", SessionResumption = new SessionResumptionConfig { Handle = handle } };

        var refused = await Assert.ThrowsAsync<LiveConnectException>(() => LiveClient.FromApiKey(Key, options).ConnectAsync(setup));

        Assert.Equal((EndCause.InvalidHandle, RetryAdvice.StartFresh), (refused.Cause, refused.Advice));
        Assert.EndsWith("docs/closes.md#invalidhandle", refused.HelpLink, StringComparison.Ordinal);
    }
}
