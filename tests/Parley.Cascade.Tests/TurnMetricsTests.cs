using System.Diagnostics.Metrics;
using Parley.Cascade.Metrics;
using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>The log line and the metrics of each turn.</summary>
public sealed class TurnMetricsTests
{
    [Fact]
    public async Task A_spoken_turn_reports_every_mark_in_order_from_the_end_of_speech()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer));

        RecognitionTests.Say(rig, 1);

        var turn = await rig.TurnAsync(1);
        Assert.Equal("completed", turn["outcome"]);
        Assert.Equal("s1", turn["SessionId"]);
        var times = TurnMarks.All.Skip(1).Take(7).Select(mark => (double)turn[mark]!).ToList();
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[0], 780, 900);
        Assert.Null(turn[TurnMarks.InterruptedAt]);
        Assert.Null(turn[TurnMarks.SilenceReached]);
    }

    [Fact]
    public async Task A_typed_turn_is_measured_from_its_arrival()
    {
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("Hello."));
        rig.Time.Advance(TimeSpan.FromSeconds(5));

        rig.SayText("hello");

        var turn = await rig.TurnAsync(1);
        Assert.Equal(0.0, turn[TurnMarks.EndDecided]);
        Assert.Null(turn[TurnMarks.FinalTranscript]);
        Assert.Equal(0.0, turn[TurnMarks.FirstAudible]);
        Assert.Equal("completed", turn["outcome"]);
    }

    [Fact]
    public async Task A_chat_model_without_text_gives_the_outcome_no_output()
    {
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying());

        rig.SayText("hello");

        Assert.Equal("no_output", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_session_that_ends_during_a_turn_aborts_it()
    {
        var rig = await CascadeRig.StartAsync(
            StubChatModel.Saying(string.Concat(Enumerable.Repeat("Some words to say here. ", 40))), options: new CascadeOptions());
        rig.SayText("talk");
        await rig.Output.SentAsync(20);

        await rig.DisposeAsync();

        Assert.Equal("aborted", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_turn_with_a_function_call_is_reported_once()
    {
        var chatModel = new StubChatModel((messages, _, _) => messages[^1].Contents.OfType<Microsoft.Extensions.AI.FunctionResultContent>().Any()
            ? StubChatModel.Stream([new Microsoft.Extensions.AI.TextContent("Blue.")])
            : StubChatModel.Stream([new Microsoft.Extensions.AI.FunctionCallContent("x", "look")]));
        var setup = CascadeRig.Transcribed() with { Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "look" }] }] };
        await using var rig = await CascadeRig.StartAsync(chatModel, setup);

        rig.SayText("look");
        await rig.ExpectAsync("call:look");
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        var id = rig.Output.Messages.Single(message => message.ToolCall is not null).ToolCall!.FunctionCalls![0].Id;
        rig.Session.Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = id, Response = System.Text.Json.JsonElement.Parse("{}") }] } });

        var turn = await rig.TurnAsync(1);
        Assert.Equal("completed", turn["outcome"]);
        Assert.Equal(2_000.0, turn[TurnMarks.FirstAudio]);
    }

    [Fact]
    public async Task Metrics_and_log_use_the_same_names()
    {
        var names = new EventLog<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == CascadeTelemetry.Name && instrument.Name.StartsWith("parley.turn.", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => names.Add(instrument.Name));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => names.Add($"{instrument.Name} {tags[0].Value}"));
        listener.Start();
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("hello")));

        RecognitionTests.Say(rig, 1);
        await rig.TurnAsync(1);

        foreach (var mark in TurnMarks.All.Skip(1).Take(7))
            Assert.Contains("parley.turn." + mark, names.Snapshot);
        Assert.Contains("parley.turn.count completed", names.Snapshot);
    }

    [Fact]
    public void Mark_names_match_the_enum() =>
        Assert.Equal(TurnMarks.All.Select(mark => mark.Replace("_", "", StringComparison.Ordinal)), Enum.GetNames<TurnMark>().Select(name => name.ToLowerInvariant()));
}
