using Parley.Phone.Audio;

namespace Parley.Phone.Tests.Audio;

/// <summary>Frames that are late, lost, doubled or renumbered.</summary>
public sealed class JitterBufferTests
{
    private readonly Sink _sink = new();
    private readonly JitterBuffer _buffer = new(8_000, TimeSpan.FromMilliseconds(60));

    [Fact]
    public void Frames_in_order_pass_at_once()
    {
        Add(1, 2, 3);

        Assert.Equal("1 2 3", _sink.Text);
        Assert.Equal((0, 0), (_buffer.Lost, _buffer.Late));
    }

    [Fact]
    public void Frames_out_of_order_are_sorted()
    {
        Add(1, 3, 4, 2, 5);

        Assert.Equal("1 2 3 4 5", _sink.Text);
    }

    [Fact]
    public void Missing_number_is_given_up_after_60_ms_and_too_late_then()
    {
        Add(1, 3, 4, 5);
        Assert.Equal("1", _sink.Text);
        Add(6, 2, 7, 7);

        Assert.Equal("1 (1) 3 4 5 6 7", _sink.Text);
        Assert.Equal((1, 2), (_buffer.Lost, _buffer.Late));
    }

    [Fact]
    public void Gap_between_time_stamps_is_concealed_at_once()
    {
        // What is lost before the carrier got it has no number.
        AddAt((1, 0), (2, 20), (3, 40), (4, 100), (5, 120));

        Assert.Equal("1 2 3 (2) 4 5", _sink.Text);
        Assert.Equal(2, _buffer.Lost);
    }

    [Fact]
    public void Jitter_of_time_stamps_is_no_loss()
    {
        AddAt((1, 1_000), (2, 1_022), (3, 1_039), (4, 1_061), (5, 1_080), (6, 1_101), (7, 1_119));

        Assert.Equal("1 2 3 4 5 6 7", _sink.Text);
    }

    [Fact]
    public void Time_stamps_in_samples_and_pauses_are_no_loss()
    {
        AddAt((1, 0), (2, 160), (3, 320), (4, 480));
        AddAt((5, 90_000), (6, 90_160));

        Assert.Equal("1 2 3 4 5 6", _sink.Text);
    }

    [Fact]
    public void Numbers_that_jump_start_over()
    {
        Add(1, 2, 100_000, 100_001, 5, 6, long.MaxValue, long.MinValue);

        Assert.Equal(0, _buffer.Late);
        Assert.Equal(8, _sink.Text.Split(' ').Length);
    }

    [Fact]
    public void Concealment_fades_and_is_bounded()
    {
        var audio = new InboundAudio(new PhoneFormat(PhoneEncoding.PcmLittleEndian, 16_000), TimeSpan.FromMilliseconds(60));
        var loud = Pcm.ToBytes(Enumerable.Range(0, 320).Select(static i => (short)(8_000 * Math.Sin(i / 3.0))).ToArray());
        audio.Accept(1, 0, loud);
        audio.Accept(2, 20, loud);

        var output = Pcm.ToSamples(audio.Accept(3, 840, loud).Span);

        // 40 frames are missing: ten are made up, the last of them silent.
        Assert.Equal(11 * 320, output.Length);
        Assert.Equal(40, audio.Lost);
        var levels = output.Chunk(320).Select(static frame => frame.Max(static sample => Math.Abs((int)sample))).ToList();
        Assert.Equal(levels.Take(10).OrderDescending(), levels.Take(10));
        Assert.Equal([0, 0, 0, 0, 0, 0], levels.Skip(4).Take(6));
    }

    private void Add(params long[] numbers)
    {
        foreach (var number in numbers)
            _buffer.Add(number, null, Frame(number), _sink);
    }

    private void AddAt(params (long Number, long Time)[] frames)
    {
        foreach (var (number, time) in frames)
            _buffer.Add(number, time, Frame(number), _sink);
    }

    private static short[] Frame(long number) => [.. Enumerable.Repeat((short)number, 160)];

    private sealed class Sink : IFrameSink
    {
        private readonly List<string> _items = [];

        public string Text => string.Join(' ', _items);

        public void Play(ReadOnlySpan<short> samples) => _items.Add($"{samples[0]}");

        public void Conceal(int frames) => _items.Add($"({frames})");
    }
}
