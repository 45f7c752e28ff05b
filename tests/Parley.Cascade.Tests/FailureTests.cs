using Microsoft.Extensions.AI;
using Parley.Protocol;
using Parley.Server.Storage;
using Parley.Speech;
using Parley.Speech.Synthesis;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

/// <summary>A stage that fails or stalls is bounded, tried again where that is safe, replaced, or said aloud; the session lives on.</summary>
public sealed class FailureTests
{
    private const string Sorry = "I am sorry, I cannot answer that right now. Please try again.";

    [Fact]
    public async Task A_brain_that_fails_before_it_said_anything_is_asked_once_more()
    {
        var failures = 1;
        var brain = new StubBrain((_, _, _) => failures-- > 0 ? throw new HttpRequestException("no such server") : StubBrain.Stream([new TextContent("Hello.")]));
        await using var rig = await CascadeRig.StartAsync(brain);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("Hello.", rig.Output.Spoken);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_brain_that_fails_for_good_says_so_and_the_next_turn_is_another_chance()
    {
        var failures = 2;
        var brain = new StubBrain((_, _, _) => failures-- > 0 ? throw new HttpRequestException("no such server") : StubBrain.Stream([new TextContent("Hello.")]));
        await using var rig = await CascadeRig.StartAsync(brain);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");
        Assert.Equal(Sorry, rig.Output.Spoken);
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);

        var next = rig.NextAsync("turnComplete");
        rig.SayText("and now?");
        await next;
        Assert.Equal(Sorry + "Hello.", rig.Output.Spoken);
        Assert.Null(rig.Output.Closed);
    }

    [Fact]
    public async Task The_fallback_answers_for_a_brain_that_fails()
    {
        var parts = new CascadeParts
        {
            ChatModel = new StubBrain((_, _, _) => throw new HttpRequestException("no such server")),
            FallbackChatModel = StubBrain.Saying("The other one speaks."),
            Synthesizer = new FakeVoice(),
        };
        await using var rig = await CascadeRig.StartAsync(parts);

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("The other one speaks.", rig.Output.Spoken);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_brain_that_fails_in_the_middle_keeps_what_it_said_makes_no_call_and_says_so()
    {
        await using var rig = await CascadeRig.StartAsync(new StubBrain((_, _, _) => HalfAsync()));

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
    public async Task A_brain_that_reports_an_error_is_one_that_fails()
    {
        await using var rig = await CascadeRig.StartAsync(new StubBrain((_, _, _) => StubBrain.Stream([new ErrorContent("overloaded")])));

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(Sorry, rig.Output.Spoken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_brain_that_stalls_is_waited_for_as_long_as_it_may_whether_it_listens_or_not(bool isDeaf)
    {
        var asked = 0;
        var brain = new StubBrain((_, _, token) =>
        {
            Interlocked.Increment(ref asked);
            return StallAsync(isDeaf ? CancellationToken.None : token);
        });
        await using var rig = await CascadeRig.StartAsync(brain, options: new CascadeOptions { ChatModelTimeout = TimeSpan.FromSeconds(7), AudioLead = TimeSpan.FromHours(1) });

        rig.SayText("hello");
        await WaitsAsync(rig, 7);
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(Sorry, rig.Output.Spoken);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_deaf_brain_does_not_hold_up_an_interruption_or_the_end_of_the_session()
    {
        var rig = await CascadeRig.StartAsync(new StubBrain((_, _, _) => StallAsync(CancellationToken.None)));
        rig.SayText("hello");
        await WaitsAsync(rig, 30);

        rig.SayText("never mind");
        Assert.Equal("interrupted", (await rig.TurnAsync(1))["outcome"]);
        await Expect.WithinAsync(rig.DisposeAsync().AsTask(), "disposal", TestContext.Current.CancellationToken);
        Assert.Equal("aborted", (await rig.TurnAsync(2))["outcome"]);
    }

    [Fact]
    public async Task The_apology_is_in_the_language_of_the_session_and_in_text_where_answers_are()
    {
        var setup = new Setup
        {
            Model = "models/gemini-test",
            GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text], SpeechConfig = new SpeechConfig { LanguageCode = "de-DE" } },
        };
        await using var rig = await CascadeRig.StartAsync(new StubBrain((_, _, _) => throw new IOException("gone")), setup);

        rig.SayText("hallo");
        await rig.ExpectAsync("turnComplete");

        Assert.Contains("text:Es tut mir leid, ich kann gerade nicht antworten. Bitte versuche es noch einmal.", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_voice_that_fails_before_a_sentence_was_heard_is_tried_once_more()
    {
        var failures = 1;
        var voice = new FakeVoice((_, _, _) => failures-- > 0 ? throw new SpeechEngineException("died") : Task.CompletedTask);
        await using var rig = await CascadeRig.StartAsync(new CascadeParts { ChatModel = StubBrain.Saying("One two three."), Synthesizer = voice });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two three.", rig.Output.Spoken);
        Assert.Equal(3 * 4_800, rig.Output.Audio.Length);
        Assert.Equal(2, voice.Asked.Count);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task The_fallback_voice_speaks_the_rest_of_the_answer()
    {
        var voice = new FakeVoice((sentence, _, _) => sentence.StartsWith("Three", StringComparison.Ordinal) ? throw new SpeechEngineException("died") : Task.CompletedTask);
        var other = new FakeVoice();
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubBrain.Saying("One two. Three four. Five six."), Synthesizer = voice, FallbackSynthesizer = other });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two. Three four. Five six.", rig.Output.Spoken);
        Assert.Equal(["Three four. ", "Five six."], other.Asked.Select(asked => asked.Sentence));
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task Where_no_voice_is_left_the_words_are_shown()
    {
        var voice = new FakeVoice((_, chunk, _) => chunk == 1 ? throw new SpeechEngineException("died") : Task.CompletedTask);
        await using var rig = await CascadeRig.StartAsync(new CascadeParts { ChatModel = StubBrain.Saying("One two. Three four."), Synthesizer = voice });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("One two. Three four.", rig.Output.Spoken);
        Assert.Equal(4_800, rig.Output.Audio.Length);
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task A_voice_that_stalls_is_replaced_when_its_time_is_over()
    {
        var voice = new FakeVoice((_, _, _) => new TaskCompletionSource().Task);
        var options = new CascadeOptions { SynthesisTimeout = TimeSpan.FromSeconds(3), AudioLead = TimeSpan.FromHours(1) };
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubBrain.Saying("One two."), Synthesizer = voice, FallbackSynthesizer = new ToneSynthesizer() }, options: options);

        rig.SayText("hello");
        await WaitsAsync(rig, 3);
        rig.Time.Advance(TimeSpan.FromSeconds(3));
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("one two.", ToneCode.Decode(Pcm.ToSamples(rig.Output.Audio.ToArray())));
        Assert.Single(voice.Asked);
    }

    [Fact]
    public async Task A_picture_that_is_none_is_told_in_the_log_once_and_to_the_brain_in_words()
    {
        var brain = StubBrain.Saying("I could not read it.");
        await using var rig = await CascadeRig.StartAsync(brain);

        for (var i = 0; i < 3; i++)
        {
            rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = "not a picture"u8.ToArray() } } });
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }
        rig.SayText("what is this?");
        await rig.ExpectAsync("turnComplete");

        Assert.Single(rig.Log.Entries, entry => entry.EventId.Id == EventIds.PictureUnreadable);
        Assert.All(brain.Asked[0][^1].Contents, content => Assert.IsType<TextContent>(content));
        Assert.StartsWith("[a picture that could not be read]", brain.Asked[0][^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_reaches_the_brain_as_it_is()
    {
        var brain = StubBrain.Saying("A cat.");
        await using var rig = await CascadeRig.StartAsync(brain);
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];

        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = picture } } });
        rig.SayText("what is this?");
        await rig.ExpectAsync("turnComplete");

        var seen = Assert.Single(brain.Asked[0][^1].Contents.OfType<DataContent>());
        Assert.Equal("image/jpeg", seen.MediaType);
        Assert.Equal(picture, seen.Data.ToArray());
    }

    private static Task<TimeSpan> WaitsAsync(CascadeRig rig, int seconds) =>
        rig.Time.Timers.FirstAsync(due => due == TimeSpan.FromSeconds(seconds), $"a wait of {seconds} s", TestContext.Current.CancellationToken);

    private static async IAsyncEnumerable<AIContent> StallAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        yield break;
    }
}
