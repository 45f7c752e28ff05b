using Parley.Cascade.Input;

namespace Parley.Cascade.Tests;

/// <summary>What is shown of a transcript while the user speaks.</summary>
public sealed class InterimTranscriptTests
{
    [Fact]
    public void Words_are_shown_once_two_hypotheses_agree()
    {
        var text = new StableText();

        Assert.Null(text.Add("rule"));
        Assert.Null(text.Add("roll to"));
        Assert.Equal("roll", text.Add("roll two die"));
        Assert.Equal("roll two", text.Add("roll two dice"));
        Assert.Null(text.Add("roll two dice"));
    }

    [Fact]
    public void An_unchanged_hypothesis_is_shown_after_300_ms_of_audio()
    {
        var text = new StableText();
        text.Add("what time is it");

        Assert.Null(text.Wait(3_200));
        Assert.Equal("what time is it", text.Wait(1_600));
        Assert.Null(text.Wait(16_000));
    }

    [Fact]
    public void Shown_words_change_only_if_the_hypothesis_does()
    {
        var text = new StableText();
        text.Add("make the page");
        Assert.Equal("make the page", text.Wait(4_800));

        Assert.Null(text.Add("make the page gray"));
        Assert.Null(text.Add("make the page green now"));
        Assert.Equal("make", text.Add("make a cage green"));
    }

    [Fact]
    public async Task A_session_shows_a_hypothesis_that_stays()
    {
        var recognizer = FakeRecognizer.Hearing("what time is it");
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer), stablePartials: true);
        rig.BeSilent(1);
        rig.Speak(0.5);
        recognizer.Utterances.Snapshot.Single().Understand("what time is it");

        // The hypothesis arrives on another thread; once it is there, 300 ms of audio show it.
        for (var i = 0; i < 10_000 && !rig.Output.Said.Snapshot.Contains("interim:what time is it"); i++)
        {
            rig.Speak(0.1);
            await Task.Yield();
        }

        Assert.Contains("interim:what time is it", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_session_shows_stable_partial_transcripts_of_a_recognizer_at_once()
    {
        var recognizer = new FakeRecognizer { HasStablePartials = true };
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer), stablePartials: null);
        rig.BeSilent(1);
        rig.Speak(0.5);
        recognizer.Utterances.Snapshot.Single().Understand("what time");

        await rig.ExpectAsync("interim:what time");
    }

    [Theory]
    [InlineData("what the {0}", "what the s***")]
    [InlineData("{0}, really", "s***, really")]
    [InlineData("this is {0}ake mushroom", "this is {0}ake mushroom")]
    [InlineData("nothing to mask here", "nothing to mask here")]
    [InlineData("", "")]
    public void Profane_words_are_masked_as_whole_words(string text, string expected)
    {
        var word = new string([.. "tihs".Reverse()]);

        Assert.Equal(expected.Replace("{0}", word, StringComparison.Ordinal), ProfanityMask.Apply(text.Replace("{0}", word, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(ProfanityFilter.Interim, "interim:oh s***", "heard:oh {0}")]
    [InlineData(ProfanityFilter.All, "interim:oh s***", "heard:oh s***")]
    [InlineData(ProfanityFilter.Off, "interim:oh {0}", "heard:oh {0}")]
    public async Task The_filter_masks_transcripts_and_not_what_the_model_gets(ProfanityFilter filter, string interim, string final)
    {
        var word = new string([.. "tihs".Reverse()]);
        var chatModel = StubChatModel.Saying("Yes.");
        var recognizer = FakeRecognizer.Hearing($"oh {word}");
        await using var rig = await CascadeRig.StartAsync(
            RecognitionTests.Parts(recognizer, chatModel), options: new CascadeOptions { AudioLead = TimeSpan.FromHours(1), ProfanityFilter = filter });
        rig.BeSilent(1);
        rig.Speak(0.5);
        recognizer.Utterances.Snapshot.Single().Understand($"oh {word}");
        await rig.ExpectAsync(interim.Replace("{0}", word, StringComparison.Ordinal));
        rig.BeSilent(1);
        await rig.ExpectAsync("turnComplete");

        Assert.Contains(final.Replace("{0}", word, StringComparison.Ordinal), rig.Output.Said.Snapshot);
        Assert.Equal($"oh {word}", chatModel.Asked[0][^1].Text);
    }
}
