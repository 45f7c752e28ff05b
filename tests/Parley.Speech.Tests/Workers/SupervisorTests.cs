using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Workers;

namespace Parley.Speech.Tests;

public sealed class SupervisorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Engine> _started = [];

    [Fact]
    public void An_engine_that_failed_once_is_replaced_at_once()
    {
        using var supervisor = Create();
        var first = supervisor.Get();
        Assert.Same(first, supervisor.Get());

        supervisor.Failed(new SpeechEngineException("It broke."));
        Assert.True(first.IsDisposed);
        Assert.NotSame(first, supervisor.Get());
        Assert.Equal(1, supervisor.Restarts);
    }

    [Fact]
    public void Repeated_failures_back_off()
    {
        using var supervisor = Create();
        for (var i = 0; i < 4; i++)
        {
            supervisor.Get();
            supervisor.Failed(new SpeechEngineException("First."));
        }
        foreach (var pause in (double[])[0.5, 1, 2, 4, 8, 16, 30, 30])
        {
            supervisor.Get();
            supervisor.Failed(new SpeechEngineException("Again."));

            _time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Contains("Again.", Assert.Throws<SpeechEngineException>(supervisor.Get).Message, StringComparison.Ordinal);
            Assert.True(supervisor.IsResting);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.False(supervisor.IsResting);
        }
    }

    [Fact]
    public void A_success_resets_the_back_off()
    {
        using var supervisor = Create();
        for (var i = 0; i < 10; i++)
        {
            supervisor.Get();
            supervisor.Succeeded();
            supervisor.Failed(new SpeechEngineException("It broke."));
        }
        Assert.NotNull(supervisor.Get());
    }

    [Fact]
    public void An_engine_started_during_disposal_is_disposed()
    {
        Supervisor<Engine>? supervisor = null;
        var late = new Engine();
        supervisor = new Supervisor<Engine>(
            () =>
            {
                supervisor!.Dispose();
                return late;
            },
            _time);

        Assert.Throws<ObjectDisposedException>(supervisor.Get);
        Assert.True(late.IsDisposed);
    }

    private Supervisor<Engine> Create() => new(
        () =>
        {
            _started.Add(new Engine());
            return _started[^1];
        },
        _time);

    private sealed class Engine : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
