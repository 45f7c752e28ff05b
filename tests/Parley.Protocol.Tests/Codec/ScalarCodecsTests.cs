using System.Text.Json;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>Values of scalar fields (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>, rules 3 to 5).</summary>
public sealed class ScalarCodecsTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("\"512\"", 512)]
    [InlineData("-1", -1)]
    [InlineData("\"-1\"", -1)]
    [InlineData("1e2", 100)]
    [InlineData("5.0", 5)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("\"-2147483648\"", int.MinValue)]
    public void Int32_is_read_from_a_number_or_a_string_and_written_as_a_number(string json, int value)
    {
        var setup = Wire.Setup($$$$$$"""{"generationConfig":{"seed":{{{{{{json}}}}}}}}""");

        Assert.Equal(value, setup.GenerationConfig!.Seed);
        Wire.Equal($$$$$$"""{"setup":{"generationConfig":{"seed":{{{{{{value}}}}}}}}}""", Wire.Encode(new LiveSessionRequest { Setup = setup }));
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("\"2147483648\"")]
    [InlineData("1.5")]
    [InlineData("1e40")]
    [InlineData("1e400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"0x1\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public void Invalid_int32_is_refused(string json) => RefusedAt("generationConfig", "seed", json, "setup.generation_config.seed");

    [Theory]
    [InlineData("25600", 25_600)]
    [InlineData("\"25600\"", 25_600)]
    [InlineData("\"9223372036854775807\"", long.MaxValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9.1e18", 9_100_000_000_000_000_000)]
    public void Int64_is_read_from_a_string_or_a_number_and_written_as_a_string(string json, long value)
    {
        var setup = Wire.Setup($$$$$$"""{"contextWindowCompression":{"triggerTokens":{{{{{{json}}}}}}}}""");

        Assert.Equal(value, setup.ContextWindowCompression!.TriggerTokens);
        Wire.Equal($$$$$$"""{"setup":{"contextWindowCompression":{"triggerTokens":"{{{{{{value}}}}}}"}}}""", Wire.Encode(new LiveSessionRequest { Setup = setup }));
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("\"9223372036854775808\"")]
    [InlineData("1e19")]
    [InlineData("0.5")]
    public void Invalid_int64_is_refused(string json) =>
        RefusedAt("contextWindowCompression", "triggerTokens", json, "setup.context_window_compression.trigger_tokens");

    [Theory]
    [InlineData("0.7", 0.7)]
    [InlineData("\"0.7\"", 0.7)]
    [InlineData("1", 1)]
    [InlineData("\"-1.5e-1\"", -0.15)]
    public void Float_is_read_from_a_number_or_a_string(string json, double value) =>
        Assert.Equal(value, Wire.Setup($$$$$$"""{"generationConfig":{"temperature":{{{{{{json}}}}}}}}""").GenerationConfig!.Temperature);

    [Theory]
    [InlineData("1e999")]
    [InlineData("\"1e999\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\" 0.5 \"")]
    [InlineData("\"warm\"")]
    [InlineData("false")]
    public void Float_that_is_not_finite_is_refused(string json) =>
        RefusedAt("generationConfig", "temperature", json, "setup.generation_config.temperature");

    [Theory]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("{}")]
    public void Invalid_boolean_is_refused(string json) => RefusedAt("historyConfig", "initialHistoryInClientContent", json, "setup.history_config.initial_history_in_client_content");

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    public void Invalid_string_is_refused(string json) => RefusedAt("sessionResumption", "handle", json, "setup.session_resumption.handle");

    [Theory]
    [InlineData("\"AUDIO\"", "AUDIO")]
    [InlineData("3", "AUDIO")]
    [InlineData("0", "MODALITY_UNSPECIFIED")]
    public void Enum_is_read_from_its_name_or_number_and_written_as_its_name(string json, string name)
    {
        var setup = Wire.Setup($$$$$$"""{"generationConfig":{"responseModalities":[{{{{{{json}}}}}}]}}""");

        Assert.Equal([new Modality(name)], setup.GenerationConfig!.ResponseModalities!);
        Wire.Equal($$$$$$"""{"setup":{"generationConfig":{"responseModalities":["{{{{{{name}}}}}}"]}}}""", Wire.Encode(new LiveSessionRequest { Setup = setup }));
    }

    [Theory]
    [InlineData("\"SMELL\"")]
    [InlineData("\"3\"")]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e99")]
    [InlineData("true")]
    public void Invalid_enum_value_is_refused(string json)
    {
        var refusal = Wire.Refused($$$$$$"""{"setup":{"generationConfig":{"responseModalities":["AUDIO",{{{{{{json}}}}}}]}}}""");

        Assert.StartsWith("Invalid value at 'setup.generation_config.response_modalities[1]'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("low", "LOW")]
    [InlineData("Minimal", "MINIMAL")]
    [InlineData("HIGH", "HIGH")]
    public void Thinking_level_is_read_in_any_letter_case(string text, string name) => Assert.Equal(
        new ThinkingLevel(name), Wire.Setup($$$$$$"""{"generationConfig":{"thinkingConfig":{"thinkingLevel":"{{{{{{text}}}}}}"}}}""").GenerationConfig!.ThinkingConfig!.ThinkingLevel);

    [Theory]
    [InlineData("")]
    [InlineData("AA==")]
    [InlineData("AA")]
    [InlineData("AAE=")]
    [InlineData("AAE")]
    [InlineData("++//")]
    [InlineData("--__")]
    [InlineData("-_8=")]
    [InlineData("-_8")]
    [InlineData("+-/_")]
    [InlineData(@"++\/\/")]
    [InlineData(@"\u002b\u002B\/\u002f")]
    public void Bytes_are_read_in_both_alphabets_with_and_without_padding(string base64)
    {
        var plain = JsonElement.Parse($"\"{base64}\"").GetString()!.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var expected = Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));

        var data = Wire.Request($$$$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"{{{{{{base64}}}}}}"}}}""").RealtimeInput!.Audio!.Data!.Value;

        Assert.Equal(expected, data.ToArray());
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("A===")]
    [InlineData("AA=A")]
    [InlineData("AAA*")]
    [InlineData("AAAA=")]
    [InlineData("AA AA")]
    [InlineData("AAA A")]
    [InlineData("AAAA ")]
    [InlineData(@"AAAA\n")]
    [InlineData(@"AA\r\nAA")]
    [InlineData("AAAA    ")]
    [InlineData("AA==AA==")]
    [InlineData("ÄÄÄÄ")]
    [InlineData(@"\u0000\u0000\u0000\u0000")]
    public void Invalid_base64_is_refused(string base64)
    {
        var refusal = Wire.Refused($$$$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"{{{{{{base64}}}}}}"}}}""");

        Assert.StartsWith("Invalid value at 'realtime_input.audio.data' (TYPE_BYTES)", refusal.Message, StringComparison.Ordinal);
    }

    private static void RefusedAt(string message, string member, string json, string path)
    {
        var refusal = Wire.Refused($$$$$$"""{"setup":{"{{{{{{message}}}}}}":{"{{{{{{member}}}}}}":{{{{{{json}}}}}}}}}""");

        Assert.StartsWith($"Invalid value at '{path}'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(path, refusal.Path);
    }
}
