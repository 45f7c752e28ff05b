namespace Parley.Speech.Whisper.Tests.Streaming;

public sealed class WhisperRecognitionTests
{
    [Fact]
    public async Task Words_on_which_two_passes_agree_are_the_partial_transcript()
    {
        using var rig = new Rig();
        var (recognition, partials) = rig.Start();

        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("Turn on the");
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("Turn on the light.");
        Assert.Equal("Turn on the", partials.Next());

        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("Turn on the lights in the kitchen.");
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("Turn on the lights in the kitchen, please.");
        Assert.Equal("Turn on the lights in the kitchen,", partials.Next());
        await recognition.DisposeAsync();
    }

    [Fact]
    public async Task A_pass_that_began_in_the_pause_after_the_last_word_is_the_transcript_at_once()
    {
        using var rig = new Rig();
        var (recognition, partials) = rig.Start();

        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("What time");
        recognition.Accept(Sounds.Room(0.4));
        rig.Decoder.Next().Answer(" What time is it?");
        Assert.Equal("What time is it?", partials.Next());
        recognition.Accept(Sounds.Room(0.5));

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken);
        Assert.True(finishing.IsCompletedSuccessfully);
        Assert.Equal("What time is it?", (await finishing).Text);
        Assert.True(rig.Decoder.IsIdle);
        Assert.Equal((1, 1), rig.Counters.Counts);
    }

    [Fact]
    public async Task A_peek_in_a_pause_gets_the_transcript_of_the_pass_that_hears_the_pause()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("What time");
        recognition.Accept(Sounds.Room(0.2));

        var peek = recognition.PeekAsync(TestContext.Current.CancellationToken).AsTask();
        recognition.Accept(Sounds.Room(0.2));
        var pass = rig.Decoder.Next();
        Assert.False(peek.IsCompleted);
        pass.Answer(" What time is it?");

        Assert.Equal("What time is it?", (await peek)!.Text);
        Assert.Equal("What time is it?", (await recognition.PeekAsync(TestContext.Current.CancellationToken))!.Text);
        Assert.Equal("What time is it?", (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text);
        Assert.True(rig.Decoder.IsIdle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peek_ends_without_a_transcript_with_its_utterance(bool finished)
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("What time");

        var peek = recognition.PeekAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(peek.IsCompleted);
        if (finished)
            _ = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        else
            await recognition.DisposeAsync();

        Assert.Null(await peek);
        await recognition.DisposeAsync();
    }

    [Fact]
    public async Task Speech_after_the_last_pass_is_decoded_once_more()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Answer("Turn off");
        recognition.Accept(Sounds.Speech(0.2));

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var pass = rig.Decoder.Next();
        Assert.Equal(1.2, pass.Seconds, 2);
        Assert.Equal(0.6f, pass.Request.TemperatureStep);
        pass.Answer("Turn off the light.");

        Assert.Equal("Turn off the light.", (await finishing).Text);
        Assert.Equal((1, 0), rig.Counters.Counts);
    }

    [Fact]
    public async Task A_running_pass_over_everything_that_was_said_becomes_the_final_one()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept([.. Sounds.Room(0.5), .. Sounds.Speech(1), .. Sounds.Room(0.5)]);
        var pass = rig.Decoder.Next();

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var (other, _) = rig.Start();
        other.Accept(Sounds.Speech(1));
        var otherFinishing = other.FinishAsync(TestContext.Current.CancellationToken).AsTask();

        Assert.False(pass.Cancelled.IsCompleted);
        pass.Answer("Hello.");
        Assert.Equal("Hello.", (await finishing).Text);
        rig.Decoder.Next().Answer("World.");
        Assert.Equal("World.", (await otherFinishing).Text);
    }

    [Fact]
    public async Task A_running_pass_over_a_part_makes_room_for_the_final_one()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        var pass = rig.Decoder.Next();
        recognition.Accept(Sounds.Speech(1));

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        await pass.Cancelled.WaitAsync(TestContext.Current.CancellationToken);

        rig.Decoder.Next().Answer("Everything.");
        Assert.Equal("Everything.", (await finishing).Text);
    }

    [Fact]
    public async Task Silence_is_not_decoded()
    {
        using var rig = new Rig();
        foreach (var sound in (short[][])[[], new short[160], new short[80_000]])
        {
            var (recognition, partials) = rig.Start();
            recognition.Accept(sound);
            Assert.Same(Transcript.Empty, await recognition.FinishAsync(TestContext.Current.CancellationToken));
            Assert.Equal(0, partials.Count);
        }
        Assert.True(rig.Decoder.IsIdle);
    }

    [Fact]
    public async Task Silence_after_the_speech_is_not_decoded()
    {
        using var rig = new Rig();
        var recognition = rig.StartSilently();
        recognition.Accept([.. Sounds.Room(0.5), .. Sounds.Speech(2), .. Sounds.Room(3)]);
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var pass = rig.Decoder.Next();
        Assert.Equal(2.8, pass.Seconds, 2);
        pass.Answer("Hello.");
        Assert.Equal("Hello.", (await finishing).Text);
    }

    [Fact]
    public async Task Of_a_long_utterance_only_the_end_is_decoded_again()
    {
        using var rig = new Rig();
        var (recognition, partials) = rig.Start();
        recognition.Accept([.. Sounds.Speech(9), .. Sounds.Room(0.5), .. Sounds.Speech(7)]);
        var settling = rig.Decoder.Next();
        Assert.Equal(9.25, settling.Seconds, 1);
        settling.Answer("The first part,");
        Assert.Equal("The first part,", partials.Next());

        var next = rig.Decoder.Next();
        Assert.Equal(16.5 - settling.Seconds, next.Seconds, 2);
        Assert.Equal("The first part,", next.Request.Prompt);
        next.Answer("and the second.");
        recognition.Accept(Sounds.Room(0.5));
        rig.Decoder.Next().Answer("and the second.");
        Assert.Equal("The first part, and the second.", partials.Next());

        Assert.Equal("The first part, and the second.", (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task A_long_recording_given_at_once_is_decoded_in_parts()
    {
        using var rig = new Rig();
        var recognition = rig.StartSilently();
        recognition.Accept(Sounds.Speech(60));
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var (seconds, parts) = (0.0, 0);
        for (; seconds < 59.9; parts++)
        {
            var pass = rig.Decoder.Next();
            Assert.InRange(pass.Seconds, 5, 21);
            seconds += pass.Seconds;
            pass.Answer($"part {parts}");
        }
        Assert.Equal(string.Join(' ', Enumerable.Range(0, parts).Select(static part => $"part {part}")), (await finishing).Text);
    }

    [Fact]
    public async Task Audio_beyond_five_minutes_is_ignored()
    {
        using var rig = new Rig();
        var recognition = rig.StartSilently();
        var minute = Sounds.Speech(60);
        for (var i = 0; i < 10; i++)
            recognition.Accept(minute);
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        for (var seconds = 0.0; seconds < 299.9;)
        {
            var pass = rig.Decoder.Next();
            seconds += pass.Seconds;
            pass.Answer("more");
        }
        await finishing;
    }

    [Fact]
    public async Task The_encoder_gets_a_context_as_long_as_the_utterance()
    {
        using var rig = new Rig();
        foreach (var (seconds, context) in ((int, int)[])[(1, 512), (12, 704), (18, 960)])
        {
            var recognition = rig.StartSilently();
            recognition.Accept(Sounds.Speech(seconds));
            var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
            var pass = rig.Decoder.Next();
            Assert.Equal(context, pass.Request.AudioContext);
            Assert.Equal(3, pass.Request.Threads);
            pass.Answer("Hello.");
            await finishing;
        }
    }

    [Fact]
    public async Task A_doubtful_partial_result_is_decoded_again_with_a_second_attempt()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept([.. Sounds.Room(0.5), .. Sounds.Speech(1), .. Sounds.Room(0.5)]);
        var first = rig.Decoder.Next();
        Assert.Equal(0, first.Request.TemperatureStep);
        first.Answer("Mumble mumble", logProbability: -1.3f);

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        rig.Decoder.Next().Answer("Ambulance.", logProbability: -1.2f);
        Assert.Equal("Ambulance.", (await finishing).Text);
    }

    [Fact]
    public async Task Phrases_become_the_prompt_and_the_language_is_passed_on()
    {
        using var rig = new Rig(new(IsMultilingual: true, 1_500, 512, TimeSpan.FromSeconds(0.5), null));
        var recognition = rig.StartSilently(new() { Language = "pt-BR", Phrases = ["(turn | switch) [the] lights (on | off)", "Parley"] });
        recognition.Accept(Sounds.Speech(1));
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var pass = rig.Decoder.Next();
        Assert.Equal("turn the lights on, Parley.", pass.Request.Prompt);
        Assert.Equal("pt", pass.Request.Language);
        pass.Answer("Olá.", language: "pt");
        Assert.Equal("pt", (await finishing).Language);
    }

    [Fact]
    public async Task A_detected_language_is_kept_for_the_session()
    {
        using var rig = new Rig(new(IsMultilingual: true, 1_500, 512, TimeSpan.FromSeconds(0.5), null));
        var speaker = new SpeakerProfile();
        foreach (var expected in (string?[])[null, "fr"])
        {
            var recognition = rig.StartSilently(new() { Speaker = speaker });
            recognition.Accept(Sounds.Speech(3));
            var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
            var pass = rig.Decoder.Next();
            Assert.Equal(expected, pass.Request.Language);
            pass.Answer("Bonjour.", language: "fr");
            Assert.Equal("fr", (await finishing).Language);
        }
    }

    [Fact]
    public async Task An_abandoned_utterance_ends_its_pass_and_reports_nothing_more()
    {
        using var rig = new Rig();
        var (recognition, partials) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        var pass = rig.Decoder.Next();
        await recognition.DisposeAsync();
        await pass.Cancelled.WaitAsync(TestContext.Current.CancellationToken);
        recognition.Accept(Sounds.Speech(1));
        Assert.Equal(0, partials.Count);
    }

    [Fact]
    public async Task A_cancelled_finish_abandons_the_utterance()
    {
        using var rig = new Rig();
        var recognition = rig.StartSilently();
        recognition.Accept(Sounds.Speech(1));
        using var stop = new CancellationTokenSource();
        var finishing = recognition.FinishAsync(stop.Token).AsTask();
        var pass = rig.Decoder.Next();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finishing);
        await pass.Cancelled.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_exception_of_the_callback_ends_the_utterance_and_is_rethrown()
    {
        using var rig = new Rig();
        var isCalled = new TaskCompletionSource();
        var recognition = rig.StartSilently(new()
        {
            Partial = _ =>
            {
                isCalled.SetResult();
                throw new InvalidOperationException("mine");
            },
        });
        recognition.Accept([.. Sounds.Room(0.5), .. Sounds.Speech(1), .. Sounds.Room(0.5)]);
        rig.Decoder.Next().Answer("Hello.");
        await isCalled.Task;
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await recognition.FinishAsync(TestContext.Current.CancellationToken))).Message);
        Assert.Empty(rig.Lost);
    }
}
