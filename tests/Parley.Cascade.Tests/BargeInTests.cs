using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>What interrupts an answer, what does not, and what history keeps of it.</summary>
public sealed class BargeInTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("Some words to say here. ", 40));

    [Fact]
    public async Task A_cough_does_not_interrupt_with_a_minimum_of_speech()
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
    public async Task A_backchannel_does_not_interrupt_and_other_words_do()
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
    public async Task Long_speech_interrupts_without_a_partial_transcript()
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
    public async Task An_echo_does_not_interrupt_and_a_user_speaking_over_it_does()
    {
        var synthesizer = new BuzzingSynthesizer();
        var recognizer = FakeRecognizer.Hearing("stop");
        await using var rig = await PlayingAsync(recognizer, synthesizer, suppressEcho: true);

        // The echo of the first chunk arrives 200 ms late, at a fifth of the level.
        var echo = synthesizer.Samples(seconds: 4).Select(static sample => (short)(sample / 5)).ToArray();
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
    public async Task Without_echo_suppression_an_echo_interrupts()
    {
        var synthesizer = new BuzzingSynthesizer();
        await using var rig = await PlayingAsync(FakeRecognizer.Hearing(""), synthesizer, suppressEcho: false);

        rig.BeSilent(0.2);
        rig.Hear([.. synthesizer.Samples(seconds: 1).Select(static sample => (short)(sample / 5))]);
        await rig.ExpectAsync("interrupted");
    }

    [Fact]
    public async Task History_ends_where_a_real_time_listener_was_interrupted()
    {
        var chatModel = StubChatModel.Saying(Long);
        var parts = RecognitionTests.Parts(FakeRecognizer.Hearing("stop"), chatModel);
        await using var rig = await CascadeRig.StartAsync(
            parts, options: new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2), CharactersPerSecond = 50 });

        rig.BeSilent(0.1);
        rig.SayText("talk");
        await rig.Output.SentAsync(20);
        rig.BeSilent(1);
        rig.Speak(1);
        await rig.ExpectAsync("interrupted");
        var next = rig.NextAsync("audio");
        rig.BeSilent(1);
        await next;

        // One chunk of 100 ms per word: a little more than a second was played, and more than two were sent.
        var remembered = chatModel.Asked[^1][1].Text;
        Assert.InRange(remembered.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 11, 14);
        Assert.StartsWith(remembered, Long, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_turn_is_reported_with_the_time_of_its_silence()
    {
        await using var rig = await TalkingAsync(
            FakeRecognizer.Hearing("stop"), new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) });

        rig.BeSilent(1);
        rig.Speak(1);
        await rig.ExpectAsync("interrupted");

        var turn = await rig.TurnAsync(1);
        Assert.Equal("interrupted", turn["outcome"]);
        Assert.InRange((double)turn["interrupted_at"]!, 1_000, 1_200);
        Assert.InRange((double)turn["silence_reached"]!, (double)turn["interrupted_at"]!, 2_100);
        Assert.InRange((double)turn["first_audible"]!, 0, 1_000);
    }

    // A session whose answer of four seconds is already sent and starts to play now.
    private static async Task<CascadeRig> PlayingAsync(ISpeechRecognizer recognizer, BuzzingSynthesizer synthesizer, bool suppressEcho)
    {
        var parts = RecognitionTests.Parts(recognizer, StubChatModel.Saying("Buzz.")) with { Synthesizer = synthesizer };
        var options = new CascadeOptions { AudioLead = TimeSpan.FromHours(1), DelayTurnComplete = true, SuppressEcho = suppressEcho };
        var rig = await CascadeRig.StartAsync(parts, options: options);
        // Audio input starts before the answer plays.
        rig.BeSilent(0.1);
        rig.SayText("talk");
        await rig.Output.SentAsync(40);
        return rig;
    }

    // A session whose model has just begun a long answer.
    private static async Task<CascadeRig> TalkingAsync(
        ISpeechRecognizer recognizer, CascadeOptions options, ISpeechSynthesizer? synthesizer = null)
    {
        var parts = RecognitionTests.Parts(recognizer, StubChatModel.Saying(Long)) with { Synthesizer = synthesizer ?? new FakeSynthesizer() };
        var rig = await CascadeRig.StartAsync(parts, options: options);
        // Audio input starts before the answer: its pace is that of playback.
        rig.BeSilent(0.1);
        rig.SayText("talk");
        await rig.Output.SentAsync(20);
        return rig;
    }

    /// <summary>
    /// A synthesizer of noise that swells and falls like syllables: nothing is more like itself, and less like anything else.
    /// </summary>
    private sealed class BuzzingSynthesizer : ISpeechSynthesizer
    {
        public string Name => "buzz";

        internal short[] Samples(double seconds, int rateHz = 16_000)
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
            foreach (var chunk in Samples(4, 24_000).Chunk(2_400))
                yield return Pcm.ToBytes(chunk);
        }
    }
}
