using System.Text;
using Parley.Server.Wire;

namespace Parley.Server.Tests.Wire;

public sealed class AudioLengthTests
{
    private static readonly string HalfSecond = Convert.ToBase64String(new byte[16_000]);

    public static TheoryData<string, double> Messages => new()
    {
        { $$$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{{HalfSecond}}}}}"}}}""", 0.5 },
        { $$$$$"""{"realtimeInput":{"audio":{"data":"{{{{{HalfSecond}}}}}","mimeType":"audio/pcm"}}}""", 0.5 },
        { $$$$$"""{"realtime_input":{"media_chunks":[{"mime_type":"audio/pcm;rate=8000","data":"{{{{{HalfSecond}}}}}"},{"mimeType":"image/jpeg","data":"{{{{{HalfSecond}}}}}"}]}}""", 1 },
        { $$$$$"""{"serverContent":{"modelTurn":{"parts":[{"text":"x"},{"inlineData":{"mimeType":"audio/pcm;rate=16000","data":"{{{{{HalfSecond}}}}}"}}]}}}""", 0.5 },
        { """{"realtimeInput":{"audio":{"mimeType":7,"data":{}}}}""", 0 },
        { """{"clientContent":{"turns":[{"parts":[{"text":"data"}]}]}}""", 0 },
        { "no json", 0 },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Audio_of_a_message_is_measured_by_its_base64(string message, double seconds) =>
        Assert.Equal(seconds, AudioLength.Of(Encoding.UTF8.GetBytes(message), 16_000).TotalSeconds, 0.001);
}
