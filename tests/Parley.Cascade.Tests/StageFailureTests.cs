using Microsoft.Extensions.AI;
using Parley.Protocol;
using Parley.Speech;
using Parley.Speech.Synthesis;

namespace Parley.Cascade.Tests;

/// <summary>
/// A stage that fails or stalls is retried if that is safe, replaced by its fallback, or leads to an apology; the session continues.
/// </summary>
public sealed class StageFailureTests
{
    private const string Sorry = "I am sorry, I cannot answer that right now. Please try again.";

    [Fact]
    public async Task A_chat_model_that_fails_before_any_text_is_tried_once_more()
    {
        var failures = 1;
        var chatModel = new StubChatModel((_, _, _) => failures-- > 0 ? throw new HttpRequestException("no such server") : StubChatModel.Stream([new TextContent("Hello.")]));
        await using var rig = await CascadeRig.StartAsync(chatModel);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("Hello.", rig.Output.Spoken);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_chat_model_that_fails_twice_leads_to_an_apology_and_the_next_turn_works()
    {
        var failures = 2;
        var chatModel = new StubChatModel((_, _, _) => failures-- > 0 ? throw new HttpRequestException("no such server") : StubChatModel.Stream([new TextContent("Hello.")]));
        await using var rig = await CascadeRig.StartAsync(chatModel);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");
        Assert.Equal(Sorry, rig.Output.Spoken);
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);
        // Programs can tell it from an answer.
        Assert.DoesNotContain(rig.Output.Messages, static message => message.ServerContent?.GenerationComplete is true);
        Assert.Equal(
            TurnCompleteReason.GeneratedOther,
            rig.Output.Messages.Single(static message => message.ServerContent?.TurnComplete is true).ServerContent!.TurnCompleteReason);

        var next = rig.NextAsync("turnComplete");
        rig.SayText("and now?");
        await next;
        Assert.Equal(Sorry + "Hello.", rig.Output.Spoken);
        Assert.Null(rig.Output.Messages.Last(static message => message.ServerContent?.TurnComplete is true).ServerContent!.TurnCompleteReason);
        Assert.Null(rig.Output.Closed);
    }

    [Fact]
    public async Task The_fallback_answers_if_the_chat_model_fails()
    {
        var parts = new CascadeParts
        {
            ChatModel = new StubChatModel((_, _, _) => throw new HttpRequestException("no such server")),
            FallbackChatModel = StubChatModel.Saying("The other one speaks."),
            Synthesizer = new FakeSynthesizer(),
        };
        await using var rig = await CascadeRig.StartAsync(parts);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("The other one speaks.", rig.Output.Spoken);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_chat_model_that_fails_in_the_middle_keeps_its_text_makes_no_call_and_apologizes()
    {
        await using var rig = await CascadeRig.StartAsync(new StubChatModel((_, _, _) => HalfAsync()));

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("The weather is… " + Sorry, rig.Output.Spoken);
        Assert.DoesNotContain(rig.Output.Said.Snapshot, one => one.StartsWith("call", StringComparison.Ordinal));
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);

        static async IAsyncEnumerable<AIContent> HalfAsync()
        {
            await Task.CompletedTask;
            yield return new TextContent("The weather is");
            yield return new FunctionCallContent("x", "look");
            throw new IOException("cut off");
        }
    }

    [Fact]
    public async Task An_error_reported_by_the_chat_model_is_a_failure()
    {
        await using var rig = await CascadeRig.StartAsync(
            new StubChatModel((_, _, _) => StubChatModel.Stream([new ErrorContent("overloaded")])));

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(Sorry, rig.Output.Spoken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stalled_chat_model_times_out_even_if_it_ignores_cancellation(bool ignoresCancellation)
    {
        var asked = 0;
        var chatModel = new StubChatModel((_, _, token) =>
        {
            Interlocked.Increment(ref asked);
            return StallAsync(ignoresCancellation ? CancellationToken.None : token);
        });
        await using var rig = await CascadeRig.StartAsync(
            chatModel, options: new CascadeOptions { ChatModelTimeout = TimeSpan.FromSeconds(7), AudioLead = TimeSpan.FromHours(1) });

        rig.SayText("hello");
        await WaitsAsync(rig, 7);
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(Sorry, rig.Output.Spoken);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_chat_model_that_ignores_cancellation_delays_neither_interruption_nor_session_end()
    {
        var rig = await CascadeRig.StartAsync(new StubChatModel((_, _, _) => StallAsync(CancellationToken.None)));
        rig.SayText("hello");
        await WaitsAsync(rig, 30);

        rig.SayText("never mind");
        Assert.Equal("interrupted", (await rig.TurnAsync(1))["outcome"]);
        await Expect.WithinAsync(rig.DisposeAsync().AsTask(), "disposal", TestContext.Current.CancellationToken);
        Assert.Equal("aborted", (await rig.TurnAsync(2))["outcome"]);
    }

    [Fact]
    public async Task The_apology_has_the_language_and_modality_of_the_session()
    {
        var setup = new Setup
        {
            Model = "models/gemini-test",
            GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text], SpeechConfig = new SpeechConfig { LanguageCode = "de-DE" } },
        };
        await using var rig = await CascadeRig.StartAsync(new StubChatModel((_, _, _) => throw new IOException("gone")), setup);

        rig.SayText("hallo");
        await rig.ExpectAsync("turnComplete");

        Assert.Contains("text:Es tut mir leid, ich kann gerade nicht antworten. Bitte versuche es noch einmal.", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_synthesizer_that_fails_before_any_audio_is_tried_once_more()
    {
        var failures = 1;
        var synthesizer = new FakeSynthesizer((_, _, _) => failures-- > 0 ? throw new SpeechEngineException("died") : Task.CompletedTask);
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("One two three."), Synthesizer = synthesizer });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two three.", rig.Output.Spoken);
        Assert.Equal(3 * 4_800, rig.Output.Audio.Length);
        Assert.Equal(2, synthesizer.Asked.Count);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task The_fallback_synthesizer_speaks_the_rest_of_the_answer()
    {
        var synthesizer = new FakeSynthesizer((sentence, _, _) => sentence.StartsWith("Three", StringComparison.Ordinal) ? throw new SpeechEngineException("died") : Task.CompletedTask);
        var other = new FakeSynthesizer();
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("One two. Three four. Five six."), Synthesizer = synthesizer, FallbackSynthesizer = other });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two. Three four. Five six.", rig.Output.Spoken);
        Assert.Equal(["Three four. ", "Five six."], other.Asked.Select(asked => asked.Sentence));
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task Without_a_working_synthesizer_the_words_are_sent_as_transcription()
    {
        var synthesizer = new FakeSynthesizer((_, chunk, _) => chunk == 1 ? throw new SpeechEngineException("died") : Task.CompletedTask);
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("One two. Three four."), Synthesizer = synthesizer });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two. Three four.", rig.Output.Spoken);
        Assert.Equal(4_800, rig.Output.Audio.Length);
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_stalled_synthesizer_is_replaced_after_its_timeout()
    {
        var synthesizer = new FakeSynthesizer((_, _, _) => new TaskCompletionSource().Task);
        var options = new CascadeOptions { SynthesisTimeout = TimeSpan.FromSeconds(3), AudioLead = TimeSpan.FromHours(1) };
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("One two."), Synthesizer = synthesizer, FallbackSynthesizer = new ToneSynthesizer() }, options: options);

        rig.SayText("hello");
        await WaitsAsync(rig, 3);
        rig.Time.Advance(TimeSpan.FromSeconds(3));
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("one two.", ToneCode.Decode(Pcm.ToSamples(rig.Output.Audio.ToArray())));
        Assert.Single(synthesizer.Asked);
    }

    [Fact]
    public async Task An_invalid_image_is_logged_once_and_replaced_by_a_note()
    {
        var chatModel = StubChatModel.Saying("I could not read it.");
        await using var rig = await CascadeRig.StartAsync(chatModel);

        for (var i = 0; i < 3; i++)
        {
            rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = "not a picture"u8.ToArray() } } });
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }
        rig.SayText("what is this?");
        await rig.ExpectAsync("turnComplete");

        Assert.Single(rig.Log.Entries, entry => entry.EventId.Id == EventIds.PictureUnreadable);
        Assert.All(chatModel.Asked[0][^1].Contents, content => Assert.IsType<TextContent>(content));
        Assert.StartsWith("[a picture that could not be read]", chatModel.Asked[0][^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_valid_image_reaches_the_chat_model_unchanged()
    {
        var chatModel = StubChatModel.Saying("A cat.");
        await using var rig = await CascadeRig.StartAsync(chatModel);
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];

        rig.Session.Receive(
            new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = picture } } });
        rig.SayText("what is this?");
        await rig.ExpectAsync("turnComplete");

        var seen = Assert.Single(chatModel.Asked[0][^1].Contents.OfType<DataContent>());
        Assert.Equal("image/jpeg", seen.MediaType);
        Assert.Equal(picture, seen.Data.ToArray());
    }

    private static Task<TimeSpan> WaitsAsync(CascadeRig rig, int seconds) =>
        rig.Time.Timers.FirstAsync(
            due => due == TimeSpan.FromSeconds(seconds), $"a wait of {seconds} s", TestContext.Current.CancellationToken);

    private static async IAsyncEnumerable<AIContent> StallAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        yield break;
    }
}
