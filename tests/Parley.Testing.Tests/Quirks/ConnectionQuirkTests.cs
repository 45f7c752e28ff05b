using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Tests.Quirks;

/// <summary>Quirks of setups, resumption and closes: on the wire, and in a client that survives them.</summary>
public sealed class ConnectionQuirkTests : IAsyncLifetime
{
    private LiveTestServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<(int? Code, string? Reason)> Closes => _server.Journal.Entries
        .Where(static entry => entry.CloseCode is not null && entry.Direction == LiveDirection.ToClient).Select(static entry => (entry.CloseCode, entry.CloseReason));

    private IEnumerable<string?> Handles => _server.Journal.Setups.Select(static setup => setup.SessionResumption?.Handle);

    public async ValueTask InitializeAsync()
    {
        _server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        _server.When("hello").Says("Hi.").Optional();
        _server.When(Heard.Anything).Says("Yes?").Optional();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Silence_after_go_away_is_left_by_a_client_with_a_timer()
    {
        _server.Quirks.Enable(Quirk.SilenceAfterGoAway);
        await using var call = await Conversing.StartAsync(_server);
        await using var naive = await Conversing.StartAsync(_server, null, static options => options.Resumption.Enabled = false);
        await _server.AdvanceAsync(TimeSpan.FromMinutes(9.5), Cancellation);
        Assert.Equal(2, _server.Journal.Entries.Count(static entry => entry.Response?.GoAway is not null));

        await naive.Session.SendTextAsync("hello", Cancellation);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(31), Cancellation);

        Assert.Equal(("Hi.", ""), (call.Said, naive.Said));
        Assert.Equal(3, _server.Journal.Connections);
        Assert.Equal(EndCause.LifetimeOver, (await naive.Session.Completion).Cause);
    }

    [Fact]
    public async Task Lifetime_that_ends_as_an_error_is_resumed()
    {
        _server.Quirks.Enable(Quirk.LifetimeEndsAsError);
        _server.When("story").Calls("wait").Says("Done.").Optional();
        // An open call keeps the client from rotating before the end.
        await using var call = await Conversing.StartAsync(_server, null, static options => options.Resumption.RotationMargin = TimeSpan.Zero);
        await using var naive = await Conversing.StartAsync(_server, null, static options => options.Resumption.Enabled = false);

        await _server.AdvanceAsync(TimeSpan.FromMinutes(9) + TimeSpan.FromSeconds(59), Cancellation);

        var end = await Expect.WithinAsync(naive.Session.Completion, "the session ends", Cancellation);
        Assert.Equal((1011, EndCause.Internal, RetryAdvice.Resume), (end.CloseCode, end.Cause, end.Advice));
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        Assert.True((await call.FirstAsync<ReconnectedUpdate>()).IsResumed);
    }

    [Fact]
    public async Task Resume_that_needs_a_closed_socket_succeeds_after_the_close()
    {
        _server.Quirks.Enable(Quirk.ResumeNeedsClosedSocket);
        await using var call = await Conversing.StartAsync(_server, null, static options => options.Resumption.OverlapConnections = true);

        await _server.AdvanceAsync(TimeSpan.FromMinutes(10), Cancellation);

        Assert.True((await call.FirstAsync<ReconnectedUpdate>()).IsResumed);
        Assert.Contains((1011, "Internal error encountered."), Closes);
        Assert.Equal(3, _server.Journal.Connections);
        Assert.All(Handles.Skip(1), static handle => Assert.NotEmpty(handle!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stale_handle_is_tried_once(bool allowsFresh)
    {
        _server.Quirks.Enable(Quirk.StaleHandles);
        await using var call = await Conversing.StartAsync(_server, null, options => options.Resumption.AllowFreshSession = allowsFresh);
        await _server.QuietAsync(Cancellation);

        _server.CutConnections();
        await call.FirstAsync<ReconnectingUpdate>();
        await _server.AdvanceAsync(TimeSpan.FromMinutes(3), Cancellation);

        Assert.Single(Handles, static handle => handle is { Length: > 0 });
        Assert.Equal((1008, "BidiGenerateContent session not found"), Closes.First());
        if (allowsFresh)
            Assert.False((await call.FirstAsync<ReconnectedUpdate>()).IsResumed);
        else
            Assert.Equal(EndCause.SessionNotFound, (await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation)).Cause);
    }

    [Fact]
    public async Task Refused_replay_is_not_tried_again()
    {
        _server.Quirks.Enable(Quirk.RefusedReplay);
        await using var call = await Conversing.StartAsync(_server);
        await _server.QuietAsync(Cancellation);
        _server.CutConnections();
        await call.FirstAsync<ReconnectingUpdate>();
        for (var i = 0; i < 10; i++)
            await call.Session.SendAudioAsync(new byte[3_200], cancellationToken: Cancellation);

        await _server.AdvanceAsync(TimeSpan.FromSeconds(10), Cancellation);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal((1007, "Request contains an invalid argument."), Closes.First());
        Assert.Equal(3, _server.Journal.Connections);
        Assert.Equal("Hi.", call.Said);
    }

    [Fact]
    public async Task Full_context_ends_the_session_and_does_not_loop()
    {
        _server.Quirks.Enable(Quirk.FullContext);
        await using var session = await ConnectAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);

        var asking = session.AskAsync("hello", Cancellation);
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromMinutes(5), Cancellation);

        await Assert.ThrowsAnyAsync<Exception>(() => Expect.WithinAsync(asking, "the question ends", Cancellation));
        Assert.Contains((1007, "Request contains an invalid argument."), Closes);
        Assert.InRange(_server.Journal.Connections, 2, 3);
    }

    [Fact]
    public async Task Schema_outside_of_the_subset_is_refused_once_and_named_by_its_cause()
    {
        _server.Quirks.Enable(Quirk.RefusedSchemas);
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"room":{"oneOf":[{"type":"string"},{"type":"null"}]}}}""").RootElement;
        var tool = new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "set_lamp", ParametersJsonSchema = schema }] };
        var client = _server.CreateClient();

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(new LiveSetup { Model = Conversing.Model, Tools = [tool] }, Cancellation));
        await using var session = await client.ConnectAsync(
            new LiveSetup { Model = Conversing.Model, Tools = [AIFunctionFactory.Create(static (string room) => room, "set_lamp")] }, Cancellation);

        Assert.Equal((EndCause.InvalidArgument, 2), (error.Cause, _server.Journal.Connections));
        Assert.Equal("set_lamp", _server.Journal.Setup.Tools![0].FunctionDeclarations![0].Name);
    }

    [Fact]
    public async Task Content_in_mid_session_closes_and_is_not_sent_to_a_model_that_is_known_to_refuse_it()
    {
        _server.Quirks.Enable(Quirk.RefusedContent);
        await using var session = await ConnectAsync(Conversing.BlockingModel);
        await using var careful = await _server.CreateClient(static options => options.Profiles = LiveModelProfiles.BuiltIn.On(new DateOnly(2026, 5, 1)))
            .ConnectAsync(new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true }, Cancellation);
        Content[] content = [new Content { Role = "user", Parts = [new Part { Text = "hello" }] }];
        Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);

        await Assert.ThrowsAsync<LivePreflightException>(() => careful.SendContentAsync(content, cancellationToken: Cancellation).AsTask());
        await session.SendContentAsync(content, cancellationToken: Cancellation);
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(5), Cancellation);

        Assert.Equal((1007, "Request contains an invalid argument."), Assert.Single(Closes));
        Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);
        Assert.Equal("Hi.", (await careful.AskAsync("hello", Cancellation)).Text);
    }

    [Fact]
    public async Task Null_handle_is_refused_and_never_sent_by_the_client()
    {
        _server.Quirks.Enable(Quirk.RefusedNullHandle);
        await using var session = await ConnectAsync();
        Assert.DoesNotContain("null", System.Text.Encoding.UTF8.GetString(_server.Journal.Entries[0].Payload.Span), StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => _server.CreateClient(static options => options.Resumption.Enabled = false).ConnectAsync(
            new LiveSetup { Model = Conversing.Model, Overrides = JsonNode.Parse("""{"sessionResumption":{"handle":null}}""")!.AsObject() }, Cancellation));

        Assert.Equal(EndCause.InvalidArgument, error.Cause);
        Assert.Equal(1007, Closes.Single().Code);
    }

    [Fact]
    public async Task First_audio_closes_for_a_setting_that_the_check_has_named()
    {
        _server.Quirks.Enable(Quirk.FirstAudioCloses);
        var setup = new LiveSetup { Model = Conversing.Model, OutputTranscription = true, LanguageCode = "de-DE" };
        var client = _server.CreateClient();
        Assert.Contains(client.Check(setup), static finding => finding.Path == "setup.generationConfig.speechConfig.languageCode");
        await using var session = await client.ConnectAsync(setup, Cancellation);
        Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);

        await session.SendAudioAsync(new byte[640], cancellationToken: Cancellation);
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(5), Cancellation);
        await session.SendTextAsync("hello", Cancellation);

        Assert.Equal((1007, "Request contains an invalid argument."), Assert.Single(Closes));
        Assert.Equal(2, _server.Journal.Connections);
    }

    [Fact]
    public async Task Long_close_reason_is_cut_and_still_classified()
    {
        _server.Quirks.Enable(Quirk.LongCloseReasons);
        _server.Scenario.Reset();
        _server.When("crash").Closes(1008, "BidiGenerateContent session not found");
        await using var call = await Conversing.StartAsync(_server, null, static options => options.Resumption.Enabled = false);

        await call.Session.SendTextAsync("crash", Cancellation);
        var end = await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation);

        Assert.Equal((123, EndCause.SessionNotFound), (end.Reason.Length, end.Cause));
    }

    [Fact]
    public async Task Idle_connection_is_cut_and_resumed()
    {
        _server.Quirks.Enable(Quirk.IdleCut);
        await using var call = await Conversing.StartAsync(_server);
        await _server.QuietAsync(Cancellation);

        await _server.AdvanceAsync(TimeSpan.FromSeconds(149), Cancellation);
        Assert.Empty(Closes);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(6), Cancellation);

        Assert.Equal((1008, "The operation was aborted"), Closes.Single());
        Assert.True((await call.FirstAsync<ReconnectedUpdate>()).IsResumed);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        Assert.Equal("Hi.", call.Said);
    }

    [Fact]
    public async Task Video_before_the_history_closes_and_the_client_warns_of_it()
    {
        _server.Quirks.Enable(Quirk.VideoBeforeHistory);
        var setup = new LiveSetup { Model = Conversing.Model, OutputTranscription = true, InitialHistory = true };
        await using var session = await _server.CreateClient().ConnectAsync(setup, Cancellation);

        await Assert.ThrowsAsync<LivePreflightException>(() => session.SendVideoAsync(new byte[] { 0xFF, 0xD8 }, cancellationToken: Cancellation).AsTask());
        Assert.Empty(Closes);
        await using var careless = await _server.CreateClient(static options => (options.Preflight, options.Resumption.Enabled) = (PreflightMode.Off, false)).ConnectAsync(setup, Cancellation);
        await careless.SendVideoAsync(new byte[] { 0xFF, 0xD8 }, cancellationToken: Cancellation);

        Assert.Equal(EndCause.InvalidArgument, (await Expect.WithinAsync(careless.Completion, "the session ends", Cancellation)).Cause);
        Assert.Equal(1007, Closes.Single().Code);
    }

    [Fact]
    public async Task Second_connect_at_the_same_time_is_refused_and_the_first_opens()
    {
        _server.Quirks.Enable(Quirk.OneConnectAtATime);
        var client = _server.CreateClient();
        var setup = new LiveSetup { Model = Conversing.Model, OutputTranscription = true };
        var first = client.ConnectAsync(setup, Cancellation);
        await _server.QuietAsync(Cancellation);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(setup, Cancellation));
        await _server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        await using var session = await Expect.WithinAsync(first, "the first connect", Cancellation);

        Assert.Equal((EndCause.SetupOrder, 1007), (error.Cause, Closes.Single().Code));
        Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);
    }

    [Fact]
    public async Task Resume_that_costs_a_use_of_the_token_ends_the_session_at_once()
    {
        _server.Quirks.Enable(Quirk.ResumeCostsTokenUse);
        var token = await _server.CreateClient().CreateTokenAsync(cancellationToken: Cancellation);
        await using var session = await LiveClient.FromToken(token.Name!, _server.ClientOptions()).ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation);
        await _server.QuietAsync(Cancellation);

        _server.CutConnections();
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        var end = await Expect.WithinAsync(session.Completion, "the session ends", Cancellation);
        Assert.Equal((EndCause.ExpiredToken, RetryAdvice.No, 2), (end.Cause, end.Advice, _server.Journal.Connections));
    }

    [Fact]
    public async Task Late_pong_comes_after_fifteen_seconds_and_the_client_waits_longer()
    {
        _server.Quirks.Enable(Quirk.LatePongs);
        await using var stream = await _server.Host.OpenRawStreamAsync();
        var key = Convert.ToBase64String(new byte[16]);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key={_server.ApiKey} HTTP/1.1\r\nHost: parley.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"), Cancellation);
        await ReadAsync("\r\n\r\n");

        await stream.WriteAsync(Wire.Frames.Encode(Wire.Frames.Text, isFinal: true, """{"setup":{"model":"models/gemini-3.8-live"}}"""u8, mask: 7), Cancellation);
        await ReadAsync("{}}");

        await stream.WriteAsync(Wire.Frames.Encode(Wire.Frames.Ping, isFinal: true, "late?"u8, mask: 7), Cancellation);
        var pong = ReadAsync("late?");
        await _server.AdvanceAsync(TimeSpan.FromSeconds(14), Cancellation);
        Assert.False(pong.IsCompleted);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);

        Assert.Equal([0x8A, 5, .. "late?"u8], await Expect.WithinAsync(pong, "the pong", Cancellation));
        Assert.True(new LiveClientOptions().KeepAliveTimeout > TimeSpan.FromSeconds(15));
        Assert.Throws<ArgumentException>(() => _server.CreateClient(static options => options.KeepAliveTimeout = TimeSpan.FromSeconds(15)));

        async Task<byte[]> ReadAsync(string end)
        {
            var (read, next) = (new List<byte>(), new byte[1]);
            while (!System.Text.Encoding.Latin1.GetString([.. read]).EndsWith(end, StringComparison.Ordinal) && await stream.ReadAsync(next, Cancellation) > 0)
                read.Add(next[0]);
            return [.. read];
        }
    }

    private Task<LiveSession> ConnectAsync(string model = Conversing.Model) =>
        _server.CreateClient().ConnectAsync(new LiveSetup { Model = model, OutputTranscription = true }, Cancellation);
}
