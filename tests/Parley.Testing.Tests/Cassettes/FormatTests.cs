using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Parley.Server;
using Parley.Testing.Cassettes;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>The files of a cassette.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-cassettes-");

    private string Tape => Path.Combine(_folder.FullName, "one.cassette");

    private string Messages => Path.Combine(Tape, "messages.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{"serverContent":{"turnComplete":true}}""")]
    [InlineData("{\n  \"serverContent\": {\n    \"turnComplete\": true,\n    \"a\": []\n  }\n}\n")]
    [InlineData("{ \"serverContent\" :\t{\"n\": 1.50e2, \"u\": \"\\u00e9 é 😀 \\/ <\"} }\r\n")]
    [InlineData("""{"a":1,"a":2,"text":"$call1","other":"$$handle7","price":"$5"}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AAEC","mimeType":"audio/pcm;rate=24000"}},{"inlineData":{"mimeType":"image/png","data":"iVBORw=="}}]}}}""")]
    [InlineData("""{"inlineData":{"mimeType":"audio/pcm","data":"not base64!"}}""")]
    [InlineData("no JSON at all")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("")]
    public void Message_is_the_same_bytes_after_it_was_saved(string message) => Assert.Equal(message, Encoding.UTF8.GetString(SavedAndLoaded(Encoding.UTF8.GetBytes(message))));

    [Fact]
    public void Bytes_that_are_not_text_are_the_same_after_they_were_saved() => Assert.Equal([0xff, 0x00, 0xfe], SavedAndLoaded([0xff, 0x00, 0xfe]));

    [Fact]
    public void Any_bytes_and_any_text_are_the_same_after_they_were_saved()
    {
        var json = Gen.Select(Gen.String, Gen.String, Gen.Int, static (name, value, number) => $"{{{System.Text.Json.JsonSerializer.Serialize(name)}:[{{{System.Text.Json.JsonSerializer.Serialize(value)}:{System.Text.Json.JsonSerializer.Serialize(value)}}},{number}]}}");

        Gen.OneOf(Gen.Byte.Array[0, 50], json.Select(Encoding.UTF8.GetBytes)).Sample(
            static message =>
            {
                var lines = Encoding.UTF8.GetString(CassetteWriter.Lines(OneMessage(message))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                var loaded = CassetteReader.Read("in memory", [.. lines]);
                Assert.Equal(message, loaded.PayloadOf(loaded.Entries.Single()).ToArray());
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Ids_and_handles_are_symbols_that_are_the_same_on_every_connection()
    {
        var builder = new CassetteBuilder();
        Add(builder, 1, LiveDirection.ToClient, """{"sessionResumptionUpdate":{"newHandle":"secret-handle","resumable":true}}""");
        Add(builder, 1, LiveDirection.ToClient, """{"tool_call":{"function_calls":[{"id":"c1","name":"f"},{"id":"c2","name":"f"}]}}""");
        Add(builder, 1, LiveDirection.FromClient, """{"toolResponse":{"functionResponses":[{"id":"c2","response":{"note":"c1"}}]}}""");
        Add(builder, 2, LiveDirection.FromClient, """{"setup":{"sessionResumption":{"handle":"secret-handle"},"note":"secret-handle"}}""");

        var text = builder.Build(null).ToString();

        Assert.DoesNotContain("secret-handle", text, StringComparison.Ordinal);
        Assert.Contains("""{"newHandle":"$handle1","resumable":true}""", text, StringComparison.Ordinal);
        Assert.Contains("""[{"id":"$call1","name":"f"},{"id":"$call2","name":"f"}]""", text, StringComparison.Ordinal);
        Assert.Contains("""{"id":"$call2","response":{"note":"c1"}}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"handle":"$handle1"},"note":"$handle1"}""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_of_one_answer_are_one_sound_file()
    {
        var builder = new CassetteBuilder();
        foreach (var data in (string[])["AQIDBA==", "BQYHCA=="])
            Add(builder, 1, LiveDirection.ToClient, """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"VALUE"}}]}}}""".Replace("VALUE", data, StringComparison.Ordinal));
        Add(builder, 1, LiveDirection.ToClient, """{"serverContent":{"turnComplete":true}}""");
        Add(builder, 1, LiveDirection.ToClient, """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"CQoLDA=="}}]}}}""");
        builder.Build(null).Save(Tape);

        Assert.Equal(2, Directory.GetFiles(Path.Combine(Tape, "audio"), "*.wav").Length);
        Assert.Equal("BQYHCA==", System.Text.Json.Nodes.JsonNode.Parse(Cassette.Load(Tape).PayloadOf(Cassette.Load(Tape).Entries[1]).Span)!["serverContent"]!["modelTurn"]!["parts"]![0]!["inlineData"]!["data"]!.ToString());
    }

    [Fact]
    public void Cassette_of_a_newer_version_is_refused_with_the_version()
    {
        Directory.CreateDirectory(Tape);
        File.WriteAllText(Messages, """{"cassette":2,"endpoint":"gemini"}""");

        Assert.Contains("the cassette has version 2, this program reads up to 1. Update Parley", Assert.Throws<CassetteException>(() => Cassette.Load(Tape)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"c":1,""", "line 3 is not JSON")]
    [InlineData("[]", "line 3 is not a JSON object")]
    [InlineData("""{"c":0,"op":"open"}""", "\"c\" must be a whole number from 1 to")]
    [InlineData("""{"c":9,"t":0,"dir":"in","op":"text","after":0,"json":{}}""", "connection 9 has no line with \"op\":\"open\"")]
    [InlineData("""{"c":1,"t":-1,"dir":"in","op":"text","after":0,"json":{}}""", "\"t\" must be a time in seconds")]
    [InlineData("""{"c":1,"t":1e300,"dir":"in","op":"text","after":0,"json":{}}""", "\"t\" must be a time in seconds")]
    [InlineData("""{"c":1,"t":0,"dir":"up","op":"text","after":0,"json":{}}""", "\"dir\" is \"up\"; it must be \"in\" (from the client) or \"out\"")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"ping","after":0,"json":{}}""", "\"op\" is \"ping\"; it must be text, binary, close, lost or open")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"text","json":{}}""", "\"after\" must be a whole number")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"text","after":0}""", "a message needs \"json\", \"text\" or \"bytes\"")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"text","after":0,"bytes":"?"}""", "\"bytes\" is not base64")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"text","after":0,"json":{},"end":"x"}""", "\"end\" must be line breaks")]
    [InlineData("""{"c":1,"t":0,"dir":"in","op":"close","after":0,"code":7}""", "\"code\" must be a whole number from 1000 to 4999")]
    [InlineData("""{"c":1,"t":0,"dir":"out","op":"text","after":0,"json":{"a":{"mimeType":"audio/pcm","data":"$audio:0123456789abcdef@0+2"}}}""", "a.data refers to $audio:0123456789abcdef@0+2, but that audio is not in the cassette")]
    public void Damaged_line_is_reported_with_its_number_and_what_is_wrong(string line, string expected)
    {
        Directory.CreateDirectory(Tape);
        File.WriteAllText(Messages, $$"""
            {"cassette":1,"endpoint":"gemini"}
            {"c":1,"op":"open"}
            {{line}}
            """);

        var error = Assert.Throws<CassetteException>(() => Cassette.Load(Tape));

        Assert.Contains("messages.jsonl, line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_sound_file_is_reported()
    {
        var builder = new CassetteBuilder();
        Add(builder, 1, LiveDirection.ToClient, """{"a":{"mimeType":"audio/pcm;rate=24000","data":"AAAB"}}""");
        builder.Build(null).Save(Tape);
        var file = Directory.GetFiles(Path.Combine(Tape, "audio")).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^1]++;
        File.WriteAllBytes(file, bytes);

        Assert.Contains("was changed: its content does not have the hash", Assert.Throws<CassetteException>(() => Cassette.Load(Tape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_with_something_else_is_not_overwritten()
    {
        Directory.CreateDirectory(Tape);
        File.WriteAllText(Path.Combine(Tape, "thesis.txt"), "my work");

        Assert.Contains("holds something else than a cassette", Assert.Throws<CassetteException>(() => OneMessage("{}"u8.ToArray()).Save(Tape)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Tape, "thesis.txt")));
    }

    private byte[] SavedAndLoaded(byte[] message)
    {
        OneMessage(message).Save(Tape);
        var loaded = Cassette.Load(Tape);
        return loaded.PayloadOf(loaded.Entries.Single()).ToArray();
    }

    private static Cassette OneMessage(byte[] message)
    {
        var builder = new CassetteBuilder();
        builder.Add(1, TimeSpan.FromSeconds(1.2344), LiveDirection.ToClient, WebSocketMessageType.Binary, message);
        return builder.Build(new DateOnly(2026, 1, 31));
    }

    private static void Add(CassetteBuilder builder, int connection, LiveDirection direction, string message) =>
        builder.Add(connection, TimeSpan.Zero, direction, WebSocketMessageType.Text, Encoding.UTF8.GetBytes(message));
}
