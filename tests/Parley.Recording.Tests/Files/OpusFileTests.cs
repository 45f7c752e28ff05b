using Parley.Recording.Files;
using Parley.Recording.Tests.Support;
using Parley.Recording.Timeline;

namespace Parley.Recording.Tests.Files;

/// <summary>The Ogg stream and what a decoder hears of it.</summary>
public sealed class OpusFileTests
{
    [Fact]
    public void A_decoder_hears_both_channels_where_they_were()
    {
        var (left, right) = (Tone(440, 0, 48_000), Tone(660, 24_000, 72_000));
        var file = Write(left, right);

        var (heardLeft, heardRight) = OggReader.Decode(file);

        Assert.Equal(72_000, heardLeft.Length);
        Assert.InRange(Correlation(left, heardLeft), 0.97, 1);
        Assert.InRange(Correlation(right, heardRight), 0.97, 1);
        Assert.InRange(Correlation(left, heardRight), -0.1, 0.1);
    }

    [Fact]
    public void Pages_are_numbered_and_positions_are_those_of_their_last_packet()
    {
        var pages = OggReader.Pages(Write(Tone(440, 0, 72_000), Tone(660, 0, 72_000)));

        Assert.Equal(Enumerable.Range(0, pages.Count), pages.Select(static page => (int)page.Sequence));
        Assert.Single(pages.Select(static page => page.Serial).Distinct());
        Assert.Equal([0L, 0L], pages.Take(2).Select(static page => page.Granule));
        Assert.Equal(OggPage.FirstPage, pages[0].Flags);
        Assert.Equal(OggPage.LastPage, pages[^1].Flags);
        // Fifty packets of 20 ms at 48 kHz a page; the last position cuts what the encoder added.
        Assert.Equal([48_000L, 96_000L, 144_000L], pages.Skip(2).Take(3).Select(static page => page.Granule));
        Assert.Equal(144_000 + OggReader.PreSkip(pages), pages[^1].Granule);
    }

    [Fact]
    public void A_stream_without_its_end_can_be_decoded_to_the_last_flush()
    {
        var stream = new MemoryStream();
        var file = new OpusFile(stream, 1, 48_000);
        for (var i = 0; i < 120; i++)
        {
            file.Write(new short[2 * StereoTimeline.FrameSamples]);
            if (i == 59)
                file.Flush();
        }

        var (left, _) = OggReader.Decode(stream.ToArray());

        Assert.InRange(left.Length, 100 * StereoTimeline.FrameSamples, 110 * StereoTimeline.FrameSamples);
    }

    private static byte[] Write(short[] left, short[] right)
    {
        var stream = new MemoryStream();
        var file = new OpusFile(stream, 0x1234, 64_000);
        var frame = new short[2 * StereoTimeline.FrameSamples];
        for (var at = 0; at < left.Length; at += StereoTimeline.FrameSamples)
        {
            for (var i = 0; i < StereoTimeline.FrameSamples; i++)
                (frame[2 * i], frame[(2 * i) + 1]) = (left[at + i], right[at + i]);
            file.Write(frame);
        }
        file.Complete();
        Assert.Equal(stream.Length, file.Bytes);
        return stream.ToArray();
    }

    private static short[] Tone(double hz, int from, int to)
    {
        var samples = new short[72_000];
        for (var i = from; i < to; i++)
            samples[i] = (short)(8_000 * Math.Sin(2 * Math.PI * hz * i / StereoTimeline.RateHz));
        return samples;
    }

    private static double Correlation(short[] a, short[] b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
            (ab, aa, bb) = (ab + ((double)a[i] * b[i]), aa + ((double)a[i] * a[i]), bb + ((double)b[i] * b[i]));
        return ab / Math.Sqrt(aa * bb);
    }
}
