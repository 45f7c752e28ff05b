using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>What cuts an answer, what does not, and what history keeps of it.</summary>
public sealed class BargeInTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("Some words to say here. ", 40));

    [Fact]
    public async Task A_cough_leaves_the_answer_alone_where_speech_must_last()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2), MinInterruptionSpeech = TimeSpan.FromMilliseconds(500) };
        await using var rig = await TalkingAsync(FakeRecognizer.Hearing("uh"), options);

        rig.BeSilent(0.5);
        rig.Speak(0.3);
        rig.BeSilent(1);
        await rig.ExpectAsync("heard:uh");
        Assert.DoesNotContain("interrupted", rig.Output.Said.Snapshot);

        rig.Speak(0.7);
        await rig.ExpectAsync("interrupted");
    }

    [Fact]
    public async Task A_back_channel_leaves_the_answer_alone_and_other_words_cut_it()
    {
        var recognizer = FakeRecognizer.Hearing("yeah right", "no wait");
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2), IgnoreBackChannels = true };
        await using var rig = await TalkingAsync(recognizer, options);

        rig.BeSilent(0.5);
        rig.Speak(0.4);
        recognizer.Utterances.Snapshot[^1].Understand("yeah");
        await rig.ExpectAsync("interim:yeah");
        rig.BeSilent(1);
        await rig.ExpectAsync("heard:yeah right");
        Assert.DoesNotContain("interrupted", rig.Output.Said.Snapshot);

        rig.Speak(0.4);
        recognizer.Utterances.Snapshot[^1].Understand("no");
        await rig.ExpectAsync("interrupted");
        rig.BeSilent(1.7);
        await rig.ExpectAsync("heard:no wait");
    }

    [Fact]
    public async Task Speech_that_goes_on_cuts_the_answer_though_nothing_is_understood_yet()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2), IgnoreBackChannels = true };
        await using var rig = await TalkingAsync(FakeRecognizer.Hearing("hello"), options);

        rig.BeSilent(0.5);
        rig.Speak(0.8);
        Assert.DoesNotContain("interrupted", rig.Output.Said.Snapshot);
        rig.Speak(0.5);
        await rig.ExpectAsync("interrupted");
    }

    [Fact]
    public async Task Our_own_voice_in_the_microphone_does_not_interrupt_and_a_user_over_it_does()
    {
        var voice = new BuzzingVoice();
        var recognizer = FakeRecognizer.Hearing("stop");
        await using var rig = await PlayingAsync(recognizer, voice, suppressEcho: true);

        // The loudspeaker plays from when the first chunk was sent, 200 ms late and at a fifth of the level.
        var echo = voice.Sound(seconds: 4).Select(static sample => (short)(sample / 5)).ToArray();
        rig.BeSilent(0.2);
        rig.Hear(echo[..(2 * 16_000)]);
        Assert.DoesNotContain("interrupted", rig.Output.Said.Snapshot);
        Assert.Empty(recognizer.Utterances.Snapshot);

        var user = CascadeRig.Buzz(TimeSpan.FromSeconds(1));
        rig.Hear([.. echo[(2 * 16_000)..(3 * 16_000)].Zip(user, static (a, b) => (short)(a + b))]);
        await rig.ExpectAsync("interrupted");
        rig.BeSilent(1);
        await rig.ExpectAsync("heard:stop");
    }

    [Fact]
    public async Task Without_the_echo_guard_our_own_voice_interrupts()
    {
        var voice = new BuzzingVoice();
        await using var rig = await PlayingAsync(FakeRecognizer.Hearing(""), voice, suppressEcho: false);

        rig.BeSilent(0.2);
        rig.Hear([.. voice.Sound(seconds: 1).Select(static sample => (short)(sample / 5))]);
        await rig.ExpectAsync("interrupted");
    }

    [Fact]
    public async Task History_is_cut_where_a_listener_in_real_time_was()
    {
        var brain = StubBrain.Saying(Long);
        var parts = RecognitionTests.Parts(FakeRecognizer.Hearing("stop"), brain);
        await using var rig = await CascadeRig.StartAsync(parts, options: new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2), CharactersPerSecond = 50 });

        rig.SayText("talk");
        await rig.Output.SentAsync(20);
        rig.BeSilent(1);
        rig.Speak(1);
        await rig.ExpectAsync("interrupted");
        var next = rig.NextAsync("audio");
        rig.BeSilent(1);
        await next;

        // A chunk for each word, 100 ms long: a bit more than a second was played, though more than two were sent.
        var remembered = brain.Asked[^1][1].Text;
        Assert.InRange(remembered.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 11, 14);
        Assert.StartsWith(remembered, Long, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_turn_that_was_cut_is_told_of_with_the_time_of_its_silence()
    {
        await using var rig = await TalkingAsync(FakeRecognizer.Hearing("stop"), new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) });

        rig.BeSilent(1);
        rig.Speak(1);
        await rig.ExpectAsync("interrupted");

        var turn = await rig.TurnAsync(1);
        Assert.Equal("interrupted", turn["outcome"]);
        Assert.InRange((double)turn["interrupted_at"]!, 1_000, 1_200);
        Assert.InRange((double)turn["silence_reached"]!, (double)turn["interrupted_at"]!, 2_100);
        Assert.InRange((double)turn["first_audible"]!, 0, 1_000);
    }

    // A session whose answer of four seconds is sent as a whole and begins to play now.
    private static async Task<CascadeRig> PlayingAsync(ISpeechRecognizer recognizer, BuzzingVoice voice, bool suppressEcho)
    {
        var parts = RecognitionTests.Parts(recognizer, StubBrain.Saying("Buzz.")) with { Synthesizer = voice };
        var options = new CascadeOptions { AudioLead = TimeSpan.FromHours(1), DelayTurnComplete = true, SuppressEcho = suppressEcho };
        var rig = await CascadeRig.StartAsync(parts, options: options);
        // Heard before it plays, so that the microphone is open.
        rig.BeSilent(0.1);
        rig.SayText("talk");
        await rig.Output.SentAsync(40);
        return rig;
    }

    // A session whose model has just begun a long answer.
    private static async Task<CascadeRig> TalkingAsync(ISpeechRecognizer recognizer, CascadeOptions options, ISpeechSynthesizer? voice = null)
    {
        var parts = RecognitionTests.Parts(recognizer, StubBrain.Saying(Long)) with { Synthesizer = voice ?? new FakeVoice() };
        var rig = await CascadeRig.StartAsync(parts, options: options);
        rig.SayText("talk");
        await rig.Output.SentAsync(20);
        return rig;
    }

    /// <summary>A voice of noise that swells and falls like syllables: nothing is more like itself, and less like anything else.</summary>
    private sealed class BuzzingVoice : ISpeechSynthesizer
    {
        public string Name => "buzz";

        internal short[] Sound(double seconds, int rateHz = 16_000)
        {
            var at24 = new short[(int)(seconds * 24_000)];
            var random = new Random(7);
            for (var i = 0; i < at24.Length; i++)
                at24[i] = (short)(8_000 * ((random.NextDouble() * 2) - 1) * (0.55 + (0.45 * Math.Sin(2 * Math.PI * 3 * i / 24_000))));
            if (rateHz == 24_000)
                return at24;
            var resampler = new Resampler(24_000, rateHz);
            var resampled = new short[resampler.MaxOutputSamples(at24.Length)];
            return resampled[..resampler.Process(at24, resampled)];
        }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
            string text, SpeechVoice voice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (var chunk in Sound(4, 24_000).Chunk(2_400))
                yield return Pcm.ToBytes(chunk);
        }
    }
}
