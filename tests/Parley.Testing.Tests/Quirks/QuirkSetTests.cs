using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests.Quirks;

/// <summary>Switching quirks on, by name and as a mix.</summary>
public sealed class QuirkSetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_quirk_of_the_reference_has_a_name_a_text_and_a_dated_source()
    {
        Assert.Equal(
            [.. Enumerable.Range(1, 35).Select(static number => $"14.{number}"), "20 C3", "20 C4", "20 C5", "20 C6", "20 C10", "20 C18"],
            Quirk.All.Select(static quirk => quirk.Section));
        Assert.Equal(Quirk.All.Count, Quirk.All.Select(static quirk => quirk.Name).Distinct().Count());
        Assert.All(Quirk.All, static quirk =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", quirk.Name);
            Assert.EndsWith(".", quirk.Description, StringComparison.Ordinal);
            Assert.NotEmpty(quirk.Source);
            Assert.InRange(quirk.Date, new DateOnly(2026, 1, 1), new DateOnly(2026, 11, 29));
            Assert.Same(quirk, Quirk.Parse(quirk.Name.ToUpperInvariant()));
        });
    }

    [Fact]
    public void Unknown_name_is_refused_with_the_nearest_one()
    {
        Assert.False(Quirk.TryParse("odd-parts", out _));
        Assert.StartsWith("\"late-pong\" is not a quirk. Did you mean \"late-pongs\"?", Assert.Throws<FormatException>(static () => Quirk.Parse("late-pong")).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(static () => Quirk.Parse(new string('x', 10_000)));
    }

    [Fact]
    public void Mix_depends_on_its_seed_and_grows_with_its_share()
    {
        var set = new QuirkSet();
        var some = set.Mix(7).Enabled;

        Assert.Equal(some, new QuirkSet().Mix(7).Enabled);
        Assert.NotEqual(some, new QuirkSet().Mix(8).Enabled);
        Assert.Empty(some.Except(new QuirkSet().Mix(7, 0.6).Enabled));
        Assert.DoesNotContain(set.Mix(7, 1).Enabled, static quirk => quirk.IsDisruptive);
        Assert.Equal(Quirk.All, set.Mix(7, 1, disruptive: true).Enabled);
        Assert.Empty(set.Mix(7, 0).Enabled);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Mix(7, 1.5));
    }

    [Fact]
    public async Task Quirks_belong_to_one_test_of_a_shared_server()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        var (plain, odd) = (server.AddTest("plain"), server.AddTest("odd"));
        odd.Quirks.Enable(Quirk.EmptyMessages);

        foreach (var test in (LiveTest[])[plain, odd])
        {
            test.When("hello").Says("Hi.");
            await using var session = await test.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
            Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);
        }

        Assert.DoesNotContain(plain.Journal.Entries, static entry => entry.Payload.Length == 2);
        Assert.Contains(odd.Journal.Entries, static entry => entry.Payload.Length == 2);
    }

    [Fact]
    public async Task Whole_conversation_survives_every_mix()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        for (var seed = 1; seed <= 24; seed++)
        {
            await using var test = server.AddTest($"seed {seed}");
            test.Quirks.Mix(seed, share: seed / 24.0);
            test.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("The lamp in the kitchen is on.");
            test.When(Heard.Speech()).Says("I heard you.");
            var tool = AIFunctionFactory.Create(static (string room) => room + " is on", "set_lamp");
            await using var session = await test.CreateClient().ConnectAsync(
                new LiveSetup { Model = seed % 2 == 0 ? Conversing.Model : Conversing.BlockingModel, OutputTranscription = true, Tools = [tool] }, Cancellation);

            var lamp = await Expect.WithinAsync(session.AskAsync("lamp", Cancellation), $"an answer with {test.Quirks}", Cancellation);
            using var speech = new MemoryStream(Sounds.Bytes(Sounds.Speech("Hello there")));
            var heard = await Expect.WithinAsync(session.AskAsync(speech, pacing: AudioPacing.AsFastAsPossible, cancellationToken: Cancellation), $"an answer to speech with {test.Quirks}", Cancellation);

            Assert.True("The lamp in the kitchen is on." == lamp.Text, $"{lamp.Text} with {test.Quirks}");
            Assert.True("I heard you." == heard.Text, $"{heard.Text} with {test.Quirks}");
            test.Verify();
        }
    }
}
