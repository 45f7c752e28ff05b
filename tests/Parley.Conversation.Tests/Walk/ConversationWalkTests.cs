using System.Globalization;

namespace Parley.Conversation.Tests.Walk;

/// <summary>
/// Random conversations under random rules. <c>PARLEY_SEED</c> walks one seed first; <c>PARLEY_LONG=1</c> walks a million events from a
/// random seed and prints it.
/// </summary>
public sealed class ConversationWalkTests(ITestOutputHelper output)
{
    private const int EventsPerWalk = 400;

    [Fact]
    public void Random_events_never_break_the_rules()
    {
        var isLong = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1";
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PARLEY_SEED"), CultureInfo.InvariantCulture, out var given) ? given
            : isLong ? Random.Shared.Next(1, 1_000_000_000) : 1;
        var first = seed;
        var goal = isLong ? 1_000_000 : 25_000;
        var events = 0;
        for (; events < goal; seed++)
        {
            var walk = new ConversationWalk(seed);
            try
            {
                walk.Run(EventsPerWalk);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"PARLEY_SEED={seed}: {exception.Message}\nThe last events:\n{string.Join('\n', walk.Tail)}", exception);
            }
            events += walk.Events;
        }
        output.WriteLine($"{events} events in {seed - first} walks from PARLEY_SEED={first}");
    }
}
