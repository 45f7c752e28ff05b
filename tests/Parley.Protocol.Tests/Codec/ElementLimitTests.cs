using System.Text;
using Parley.Protocol.Codec;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>Bounds on elements: the objects of a message cannot take many times the memory of its text.</summary>
public sealed class ElementLimitTests
{
    private const int MessageBytes = 4 << 20;
    private const string Reason = "Invalid JSON payload received. More than 32768 elements in lists and maps.";

    [Fact]
    public void Every_list_and_map_of_every_message_is_bounded()
    {
        foreach (var (root, path, read) in Readers())
        {
            foreach (var field in TableWalk.Fields(root, path).Where(static field => field.Field.Codec.Element is not null))
            {
                var bomb = Encoding.UTF8.GetBytes(field.Json(Bomb(field.Field.Codec)));
                var before = GC.GetAllocatedBytesForCurrentThread();
                var refusal = Assert.Throws<LiveProtocolException>(() => read(bomb));
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                Assert.Equal(Reason, refusal.Message);
                Assert.True(allocated < 4 * MessageBytes, $"{field} took {allocated:N0} bytes.");
            }
        }
    }

    [Fact]
    public void Elements_of_all_lists_count_together()
    {
        var turn = $$"""{"parts":[{{string.Join(',', Enumerable.Repeat("{}", 99))}}]}""";
        var turns = Enumerable.Repeat(turn, LiveCodec.MaxElements / 100).ToList();

        Wire.Request($$$"""{"clientContent":{"turns":[{{{string.Join(',', turns)}}}]}}""");

        Assert.Equal(Reason, Wire.Refused($$$"""{"clientContent":{"turns":[{{{string.Join(',', [turn, .. turns])}}}]}}""").Message);
    }

    [Fact]
    public void As_many_elements_as_allowed_are_read()
    {
        var names = string.Join(',', Enumerable.Repeat("\"a\"", LiveCodec.MaxElements));

        Assert.Equal(LiveCodec.MaxElements, Wire.Response($$$"""{"toolCallCancellation":{"ids":[{{{names}}}]}}""").ToolCallCancellation!.Ids!.Count);
    }

    [Fact]
    public void Free_json_of_every_message_is_bounded()
    {
        foreach (var (root, path, read) in Readers())
        {
            foreach (var field in TableWalk.Fields(root, path).Where(static field => field.Field.Codec is JsonCodec))
            {
                var bomb = Encoding.UTF8.GetBytes(field.Json("{\"a\":[" + Repeat("[]") + "]}"));
                var before = GC.GetAllocatedBytesForCurrentThread();
                var refusal = Assert.Throws<LiveProtocolException>(() => read(bomb));

                Assert.Equal("Invalid JSON payload received. More than 262144 values in free JSON.", refusal.Message);
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MessageBytes, field.ToString());
            }
        }
    }

    [Fact]
    public void Unknown_members_that_a_client_keeps_are_bounded()
    {
        var members = string.Join(',', Enumerable.Range(0, LiveCodec.MaxElements + 1).Select(static i => $"\"x{i}\":1"));

        Assert.Equal(Reason, Assert.Throws<LiveProtocolException>(() => Wire.Response($"{{{members}}}")).Message);
    }

    [Fact]
    public void Unknown_members_that_a_relay_skips_allocate_no_errors()
    {
        var json = Encoding.UTF8.GetBytes("{\"setup\":{" + Repeat("\"x\":1") + "}}");
        var before = GC.GetAllocatedBytesForCurrentThread();

        LiveCodec.DecodeRequest(json, LiveCompatibility.Strict, out var unknown);

        Assert.Contains("Unknown name \"x\"", unknown!.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10 * MessageBytes);
    }

    private static IEnumerable<(MessageType Root, string Path, Action<byte[]> Read)> Readers() =>
    [
        (WireTypes.LiveSessionRequest, "", utf8 => LiveCodec.DecodeRequest(utf8, LiveCompatibility.Strict)),
        (GuideTypes.Request, "", utf8 => LiveCodec.DecodeRequest(utf8)),
        (WireTypes.LiveSessionResponse, "", utf8 => LiveCodec.DecodeResponse(utf8)),
        (GuideTypes.TokenRequest, "auth_token", utf8 => LiveCodec.DecodeAuthTokenRequest(utf8)),
    ];

    private static string Bomb(ValueCodec codec)
    {
        var element = codec.Element switch
        {
            { Message: not null } or JsonCodec => "{}",
            { Names: [var name, ..] } => $"\"{name}\"",
            StringCodec => "\"\"",
            _ => "1",
        };
        return codec.IsMap
            ? "{" + string.Join(',', Enumerable.Range(0, MessageBytes / 16).Select(i => $"\"{i}\":{element}")) + "}"
            : "[" + Repeat(element) + "]";
    }

    private static string Repeat(string element) => string.Join(',', Enumerable.Repeat(element, MessageBytes / (element.Length + 1)));
}
