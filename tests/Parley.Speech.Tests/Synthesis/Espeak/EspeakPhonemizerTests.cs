using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis.Espeak;

namespace Parley.Speech.Tests;

public sealed class EspeakPhonemizerTests : IDisposable
{
    // Fake time: nothing times out on a busy machine.
    private readonly EspeakPhonemizer _espeak = new(new EspeakOptions(), "en-us", new FakeTimeProvider());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public EspeakPhonemizerTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    public void Dispose() => _espeak.Dispose();

    [Fact]
    public async Task One_process_translates_many_texts_at_once()
    {
        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _espeak.TranslateAsync(i % 2 == 0 ? "Hello, world." : "zyx", Cancellation)));
        Assert.All(texts.Where(static (_, i) => i % 2 == 0), static clauses => Assert.Equal(["həlˈoʊ", "wˈɜːld"], clauses));
        Assert.All(texts.Where(static (_, i) => i % 2 != 0), static clauses => Assert.Single(clauses));
    }

    [Fact]
    public async Task A_process_that_dies_is_replaced()
    {
        await _espeak.TranslateAsync("one", Cancellation);
        var first = _espeak.ProcessId!.Value;
        await WorkerProcessTests.SignalAsync("KILL", first);
        await Assert.ThrowsAsync<SpeechEngineException>(() => _espeak.TranslateAsync("two", Cancellation));
        Assert.Equal(["tˈuː"], await _espeak.TranslateAsync("two", Cancellation));
        Assert.NotEqual(first, _espeak.ProcessId);
    }

    [Fact]
    public async Task A_process_that_hangs_is_ended_after_the_time_limit()
    {
        var time = new TimerWatch();
        using var espeak = new EspeakPhonemizer(new EspeakOptions(), "en-us", time);
        await espeak.TranslateAsync("one", Cancellation);
        await WorkerProcessTests.SignalAsync("STOP", espeak.ProcessId!.Value);
        var isWaiting = time.Armed(TimeSpan.FromSeconds(10));
        var waiting = espeak.TranslateAsync("two", Cancellation);
        await isWaiting.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("no phonemes for 10 s", (await Assert.ThrowsAsync<SpeechEngineException>(() => waiting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_voice_that_does_not_exist_is_named_as_the_reason()
    {
        using var espeak = new EspeakPhonemizer(new EspeakOptions(), "xx-nowhere", new FakeTimeProvider());
        var failure = await Assert.ThrowsAsync<SpeechEngineException>(() => espeak.TranslateAsync("one", Cancellation));
        Assert.Contains("voice", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_an_error_at_the_start()
    {
        using var espeak = new EspeakPhonemizer(new EspeakOptions { Program = "no-such-espeak" }, "en-us", new FakeTimeProvider());
        Assert.Contains("no-such-espeak", Assert.Throws<SpeechEngineException>(espeak.Start).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_too_long_for_a_line_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _espeak.TranslateAsync(new string('a', 1_000), Cancellation));
}
