using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Parley.Protocol.Tests.Support;
using Parley.TestKit;

namespace Parley.Protocol.Tests.Codec;

/// <summary>The reader throws nothing but <see cref="LiveProtocolException"/>. <c>PARLEY_LONG=1</c> tries a million messages.</summary>
public sealed class RobustnessTests
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 1_000_000 : 20_000;

    [Fact]
    public void Damaged_examples_are_read_or_refused()
    {
        var mutator = new Mutator(seed: 20_261_123, [.. WireExamples.All.Select(WireExamples.Utf8)]);
        var understood = 0;

        for (var i = 0; i < Runs; i++)
        {
            if (ReadEveryWay(mutator.Next()))
                understood++;
        }

        // Mutations that only make invalid JSON would test the JSON reader, not ours.
        Assert.InRange(understood, Runs / 50, Runs);
    }

    [Fact]
    public void Random_bytes_are_refused() => Gen.Byte.Array[0, 200].Sample(bytes => { ReadEveryWay(bytes); }, iter: Math.Min(Runs, 100_000));

    [Fact]
    public void Random_json_is_read_or_refused()
    {
        var mutator = new Mutator(seed: 7, [.. "{} [] \"setup\" {\"setup\":{}} {\"serverContent\":{\"modelTurn\":{\"parts\":[{}]}}} 1.5e3 null {\"error\":{\"code\":1}}".Split(' ').Select(Encoding.UTF8.GetBytes)]);
        for (var i = 0; i < Runs; i++)
            ReadEveryWay(mutator.Next());
    }

    private static bool ReadEveryWay(byte[] message)
    {
        try
        {
            var understood = Try(() => Stable(LiveCodec.DecodeRequest(message), LiveCodec.Encode, utf8 => LiveCodec.DecodeRequest(utf8)));
            understood |= Try(() => Stable(LiveCodec.DecodeRequest(message, LiveCompatibility.Strict), LiveCodec.Encode, utf8 => LiveCodec.DecodeRequest(utf8, LiveCompatibility.Strict)));
            understood |= Try(() => ReadResponse(message));
            understood |= Try(() => Stable(LiveCodec.DecodeAuthTokenRequest(message), LiveCodec.Encode, utf8 => LiveCodec.DecodeAuthTokenRequest(utf8)));
            Try(() => LiveCodec.DecodeSetup(message));
            Try(() => LiveCodec.DecodeAuthTokenResponse(message));
            if (AudioMessage.TryFindInput(message, out var input))
                input.TryDecode(new byte[input.PcmBytes], out _);
            if (AudioMessage.TryFindOutput(message, out var output))
                output.TryDecode(new byte[output.PcmBytes], out _);
            return understood;
        }
        catch (Exception e) when (e is not LiveProtocolException)
        {
            throw new ExpectationException($"{e.GetType().Name} from {Convert.ToBase64String(message)}\n{Encoding.UTF8.GetString(message)}", e);
        }
    }

    private static void ReadResponse(byte[] message)
    {
        var response = LiveCodec.DecodeResponse(message);
        Stable(response, static (value, buffer) => LiveCodec.Encode(value, buffer), static utf8 => LiveCodec.DecodeResponse(utf8));
        _ = response.Error?.Message;
        foreach (var (_, value) in response.Extra ?? new Dictionary<string, JsonElement>())
            Touch(value);
    }

    // A decoded message is encoded, and decodes to the same again.
    private static void Stable<T>(T value, Action<T, IBufferWriter<byte>> encode, Func<ReadOnlySpan<byte>, T> decode)
    {
        var once = new ArrayBufferWriter<byte>();
        encode(value, once);
        var twice = new ArrayBufferWriter<byte>();
        encode(Decode(once), twice);
        if (!once.WrittenSpan.SequenceEqual(twice.WrittenSpan))
            throw new ExpectationException($"Written once {Encoding.UTF8.GetString(once.WrittenSpan)}\nand twice {Encoding.UTF8.GetString(twice.WrittenSpan)}");

        T Decode(ArrayBufferWriter<byte> written)
        {
            try
            {
                return decode(written.WrittenSpan);
            }
            catch (LiveProtocolException e)
            {
                throw new ExpectationException($"We wrote {Encoding.UTF8.GetString(written.WrittenSpan)} and refuse it", e);
            }
        }
    }

    private static void Touch(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            _ = value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
            value.EnumerateArray().ToList().ForEach(Touch);
        else if (value.ValueKind == JsonValueKind.Object)
            value.EnumerateObject().ToList().ForEach(member => Touch(member.Value));
    }

    private static bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (LiveProtocolException)
        {
            return false;
        }
    }
}
